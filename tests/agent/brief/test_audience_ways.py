"""Ways to say who is meant: what a clause takes from its neighbours, negations, ranges, two audiences at once."""

from datetime import date

import pytest

from tests.agent.brief.reading import asked, read, values

TODAY = date(2026, 11, 24)
ZH = {
    "沉睡用户(180天未购)": ["recency>=180"],
    "上次购买在30到60天之间的用户": ["(recency>=30 & recency<=60)"],
    "客单价在50到100元之间的客户": ["(aov>=50 & aov<=100)"],
    "平均每单不足80元的顾客": ["aov<80"],
    "近半年在肉类上花了300元以上的": ["spend>=300:肉@182d"],
    "买了洗发水却从来不买护发素的客户": ["(bought:洗发水 & !(bought:护发素))"],
    "既没买过啤酒也没买过白酒的顾客": ["!(bought:啤酒|白酒)"],
    "买过啤酒或者消费超过500元的客户": ["(bought:啤酒 | spend>500)"],
    "以前常买咖啡，最近两个月没买的": ["recency>=60:咖啡"],
    "一个月内没有收到过我们短信的用户": ["!(contacted[sms]@30d)"],
    "近7天没被联系过的用户": ["!(contacted@7d)"],
    "近30天点击过邮件的用户": ["contacted[email,clicked]@30d"],
    "注册了没下过单的": ["orders=0"],
    "近60天不再买尿布的妈妈": ["recency>=60:尿布", "attr:妈妈"],
    "回头客": ["orders>=2"],
    "复购用户中客单价低于60的": ["orders>=2", "aov<60"],
    "三十多岁的女性，近90天买过护肤品": ["attr:三十多岁的女性", "bought:护肤品@90d"],
    "大学生": ["attr:大学生"],
    "单身人士": ["attr:单身人士"],
}
ZH_ASKED = (
    "消费最高的两百个客户",
    "只在打折时才买的人",
    "不再买尿布的妈妈",
    "没有不买牛奶的人",
    "每月至少下单一次的客户",
    "最近买过水果的客户",
)


@pytest.mark.parametrize("text", ZH)
def test_a_chinese_condition_is_read(text: str) -> None:
    found = values(f"{text}，邮件，预算3000元，12月1日到14日。", today=TODAY, currency="CNY", market="CN")
    assert (found.get("audience"), found.get("exclude")) == (ZH[text], None)


@pytest.mark.parametrize("text", ZH_ASKED)
def test_what_chinese_words_leave_open_is_asked_about(text: str) -> None:
    brief = read(f"{text}，邮件，预算3000元，12月1日到14日。", today=TODAY, currency="CNY", market="CN")
    assert "audience" in asked(brief)
    assert brief.fields.offer_types == ()


def test_everyone_but_a_group_is_left_out_by_a_bracket_of_words() -> None:
    found = values(
        "除企业客户外的所有用户，邮件，预算3000元，12月1日到14日。", today=TODAY, currency="CNY", market="CN"
    )
    assert (found["audience"], found["exclude"]) == (["everyone"], ["attr:企业客户"])


EN = {
    "customers without an order for 70 days": ["recency>=70"],
    "customers without any purchase in the past half year": ["recency>=182"],
    "customers having placed no order in the preceding one hundred and twenty (120) days": ["recency>=120"],
    "frequent buyers (>=6 orders in 12 months)": ["orders>=6@365d"],
    "anyone with 2 to 4 orders in the past year": ["(orders>=2@365d & orders<=4@365d)"],
    "过去 12 个月 orders ≥ 5 的 customers": ["orders>=5@365d"],
    "either dog owners or cat owners": ["(bought:dog | bought:cat)"],
    "customers who bought ramen 或 dumplings in the past 3 months": ["bought:ramen|dumplings@90d"],
    "people who bought wine between June and August of this year": ["bought:wine@2026-06-01..2026-08-31"],
    "customers who bought tea 60 to 75 days ago": ["bought:tea@2026-09-10..2026-09-25"],
    "the jam people: bought jam or honey, last 4 months": ["bought:jam|honey@120d"],
    "frozen dinner buyers, the ones from the last sixty days": ["bought:frozen dinner@60d"],
    "Easter lamb people: bought lamb in the last 12 months": ["bought:lamb@365d"],
    "customers who bought cereal three or more times in the last 90 days": ["bought:cereal@90dx3"],
    "one-and-done buyers from the past 60 days": ["(orders=1 & tenure<=60)"],
    "the bottom quarter by number of orders": ["bottom25%:orders"],
    "high-value customers, meaning anyone over $800 lifetime": ["spend>800"],
    "people with more than 4 orders or more than $400 in spend": ["(orders>4 | spend>400)"],
    "people averaging $60 or more per order": ["aov>=60"],
    "customers whose average order value is between $30 and $50": ["(aov>=30 & aov<=50)"],
    "snack buyers who never use coupons": ["bought:snack", "coupons=0"],
    "people who buy pasta without ever buying pasta sauce": ["(bought:pasta & !(bought:pasta sauce))"],
    "former wine buyers: nothing from the category in 100 days": ["recency>=100:wine"],
    "customers who bought diapers in the last 60 days or are parents": ["(bought:diapers@60d | attr:parents)"],
    "women in their thirties": ["attr:women in their thirties"],
    "retired couples": ["attr:retired couples"],
    "We hit 10,000 customers! An offer for every single customer": ["everyone"],
    "adults who bought crisps... no. Let me restart. Customers who bought lunch boxes": ["bought:lunch boxes"],
}
LEFT_OUT = {
    "soup buyers, but leave out anyone who bought it in the last two weeks": ("bought:soup", "bought:soup@14d"),
    "rug buyers. Leave out everyone who already bought lamps": ("bought:rug", "bought:lamps"),
    "all customers, minus people who ordered in the last 7 days": ("everyone", "bought:*@7d"),
    "all customers; the offer shall not be addressed to employees": ("everyone", "attr:employees"),
    "toy buyers. Who not: anyone who bought a gift set": ("bought:toy", "bought:gift set"),
}


@pytest.mark.parametrize("text", EN)
def test_a_condition_is_read(text: str) -> None:
    found = values(f"{text[:1].upper()}{text[1:]}. Email. $3,000. Dec 1-14.", today=TODAY)
    assert (found.get("audience"), found.get("exclude"), found["budget"]["amount_minor"]) == (EN[text], None, 300_000)


@pytest.mark.parametrize("text", LEFT_OUT)
def test_who_is_left_out_is_read(text: str) -> None:
    found = values(f"Email {text}. $3,000. Dec 1-14.", today=TODAY)
    assert ((found["audience"]), (found["exclude"])) == tuple([one] for one in LEFT_OUT[text])


def test_a_time_that_is_not_read_is_asked_about_beside_another_condition() -> None:
    text = "Reach all customers who have shopped with us since Thanksgiving last year but never used a coupon."
    assert "audience" in asked(read(f"{text} Email. $3,000. Dec 1-14.", today=TODAY))
