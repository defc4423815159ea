"""Ways to say what is to be sold, and what only sounds like it."""

from datetime import date

import pytest

from tests.agent.brief.reading import values

TODAY = date(2026, 11, 24)
SOLD = {
    "Recommend conditioner to shampoo buyers": ["conditioner"],
    "Everyone. The focus is on laundry detergent": ["laundry detergent"],
    "Everyone. Spotlight on seasonal vegetables": ["seasonal vegetables"],
    "Everyone. The deal is on paper towels": ["paper towels"],
    "Announce the arrival of strawberries to everyone": ["strawberries"],
    "Tell our pet owners about the grain-free kibble": ["grain-free kibble"],
    "Everyone. 20% off jeans AND free shipping": ["jeans"],
    "Don't feature meat. Feature fish. All customers": ["fish"],
    "All customers. Never promote tobacco": None,
    "Text our dog owners about the grooming sale": None,
    "所有会员，本次只推水果": ["水果"],
    "给养狗的客户种草洁齿骨": ["洁齿骨"],
    "清库存：罐头汤，所有客户": ["罐头汤"],
    "让买过剃须刀的用户来买刀片": ["刀片"],
    "告诉养猫的人，冻干猫粮到货了": ["冻干猫粮"],
    "所有人，冰淇淋买一送一": ["冰淇淋"],
    "面包用户，希望他们顺手带上黄油": ["黄油"],
    "拉近30天首单的用户回来买第二单": None,
    "所有会员，不要推广香烟": None,
}


@pytest.mark.parametrize("text", SOLD)
def test_what_is_sold_is_read(text: str) -> None:
    zh = text[-1] > "一"
    tail = "，邮件，预算3000元，12月1日到14日。" if zh else ". Email. $3,000. Dec 1-14."
    found = values(text + tail, today=TODAY, currency="CNY" if zh else "USD")
    assert found.get("products") == SOLD[text]
