"""Ways to say one field in a brief that is otherwise plain: what goes around a channel, a goal, a limit, a measure."""

from datetime import date
from typing import Any

import pytest

from evals.briefs import read_all
from tests.agent.brief.reading import read

TODAY = date(2026, 11, 24)


def found(text: str, chinese: bool) -> dict[str, Any]:
    return read_all(read(text, today=TODAY, currency="CNY" if chinese else "USD", market="CN" if chinese else "US"))


def is_chinese(text: str) -> bool:
    return any("一" <= char <= "鿿" for char in text)


CHANNELS = {
    "Email + SMS? No, email alone.": ("email", "sms"),
    "Email + push? No. Email.": ("email", "push"),
    "SMS? No.": ("", "sms"),
    "we'd rather text than email": ("sms", "email"),
    "leave push out of it, email is fine": ("email", "push"),
    "let's push this by email": ("email", ""),
    "email followed by a text": ("email sms", ""),
    "Channel push": ("push", ""),
    "search + social": ("search social", ""),
    "短信？不，邮件。": ("email", "sms"),
    "不是短信，是邮件": ("email", "sms"),
    "发个push": ("push", ""),
    "push一下": ("push", ""),
}


@pytest.mark.parametrize("text", CHANNELS)
def test_channels(text: str) -> None:
    zh = is_chinese(text)
    base = "买过咖啡的客户，预算5000元，12月1日到14日，九折，" if zh else "Everyone who bought coffee, $5k, Dec 1-14. "
    values = found(base + text, zh)
    got = tuple(" ".join(sorted(values.get(name, ()))) for name in ("channels", "channels_excluded"))
    assert got == CHANNELS[text]


GOALS = {
    "Get them shopping with us again.": "win_back",
    "让他们回来买。": "win_back",
    "A thank-you to our regulars.": "retain",
    "Turn one-time buyers into repeat customers.": "second_order",
    "首购用户转复购。": "second_order",
    "Get people to spend more per order.": "upsell",
    "Our new cold brew is out.": "launch",
    "Shift the remaining umbrellas.": "clear_stock",
    "Move the cat litter before it expires.": "clear_stock",
    "Too many candles in the warehouse, they have to go.": "clear_stock",
    "Make people aware of our organic line.": "awareness",
    "打响品牌。": "awareness",
    "Promote our coffee.": None,
    "促销咖啡。": None,
}


@pytest.mark.parametrize("text", GOALS)
def test_goals(text: str) -> None:
    zh = is_chinese(text)
    rest = "买过茶的客户，邮件，预算5000元，12月1日到14日" if zh else " Everyone, email, $5k, Dec 1-14."
    assert found(text + rest, zh).get("goal") == GOALS[text]


REST: dict[str, tuple[str, Any]] = {
    "No sends after 9 in the evening.": ("quiet_hours", "after 9 in the evening"),
    "Silent 9 pm–9 am.": ("quiet_hours", "9 pm–9 am"),
    "Please respect quiet time (9pm-8am).": ("quiet_hours", "9pm-8am"),
    "夜里别打扰": ("quiet_hours", "夜里"),
    "22:00后禁发": ("quiet_hours", "22:00后"),
    "Contact nobody more than twice.": ("frequency_cap", 2),
    "Each customer hears from us once.": ("frequency_cap", 1),
    "Two per person, tops.": ("frequency_cap", 2),
    "No one should get over 2 emails.": ("frequency_cap", 2),
    "一个客户最多收到三条": ("frequency_cap", 3),
    "频控：2": ("frequency_cap", 2),
    "不要重复打扰，每人一次": ("frequency_cap", 1),
    "Hold back one in ten.": ("holdout_pct", 10),
    "随机留出10%": ("holdout_pct", 10),
    "Copy language English.": ("copy_language", "en"),
    "Make the email Chinese.": ("copy_language", "zh"),
    "Track open rate.": ("kpi", "open rate"),
    "I'll be watching the second-order rate.": ("kpi", "second-order rate"),
    "目标指标是客单价": ("kpi", "客单价"),
    "Not a penny off.": ("max_discount_pct", 0),
    "原价": ("max_discount_pct", 0),
    "15% below list.": ("max_discount_pct", 15),
    "Never sell below 90% of the price.": ("max_discount_pct", 10),
    "Delivery costs nothing.": ("offer_types", ["free_delivery"]),
    "The offer is two bags for one.": ("offer_types", ["bogo"]),
    "立减10%": ("offer_types", ["percent"]),
    "打折不能超过两成": ("offer_types", None),
    "第二包半价": ("offer_types", ["bogo"]),
    "两包付一包的钱": ("offer_types", ["bogo"]),
    "不送券、不打折、不包邮": ("offer_types", ["none"]),
    "不能低于原价的九成": ("max_discount_pct", 10),
    "底价是九折": ("max_discount_pct", 10),
    "价格下调10%": ("max_discount_pct", 10),
    "85折打底": ("offer_types", None),
}


@pytest.mark.parametrize("text", REST)
def test_the_rest(text: str) -> None:
    zh = is_chinese(text)
    base = "全部用户，邮件，预算5000元，12月1日到14日，" if zh else "Everyone, email, $5k, Dec 1-14. "
    name, value = REST[text]
    assert found(base + text, zh).get(name) == value


PRODUCTS: dict[str, list[str] | None] = {
    "We need to move the cat litter.": ["cat litter"],
    "Too much cat litter in the warehouse.": ["cat litter"],
    "Recommend ceramic mugs.": ["ceramic mugs"],
    "Tell them about our ceramic mugs.": ["ceramic mugs"],
    "The star product is the ceramic mug.": ["ceramic mug"],
    "Our candles are piling up.": ["candles"],
    "Half price ceramic mugs.": ["ceramic mugs"],
    "Free shipping on ceramic mugs.": ["ceramic mugs"],
    "Drive sales of ceramic mugs.": ["ceramic mugs"],
    "陶瓷杯打九折": ["陶瓷杯"],
    "清一下陶瓷杯的库存": ["陶瓷杯"],
    "新品陶瓷杯上市": ["陶瓷杯"],
    "陶瓷杯专场": ["陶瓷杯"],
    "围绕陶瓷杯做": ["陶瓷杯"],
    "产品是陶瓷杯": ["陶瓷杯"],
    "10% off everything.": None,
    "Free shipping on all orders.": None,
    "Tell them about the sale.": None,
    "Tell them about our new opening hours.": None,
    "The draft needs to go to legal.": None,
    "I want to hear about progress.": None,
    "Move the launch to spring.": None,
    "We sold a lot of mugs last year.": None,
    "推荐他们看看": None,
    "圣诞促销": None,
    "清一下库存": None,
    "全场打九折": None,
}


@pytest.mark.parametrize("text", PRODUCTS)
def test_products(text: str) -> None:
    zh = is_chinese(text)
    base = "全部用户，邮件，预算5000元，12月1日到14日，" if zh else "Everyone, email, $5k, Dec 1-14. "
    assert found(base + text, zh).get("products") == PRODUCTS[text]


BUDGETS: dict[str, int | None] = {
    "$4,500, of which $1,500 for sms": 4500,
    "总共4500，其中短信1500": 4500,
    "推广费4500": 4500,
    "2个w": 20000,
    "3000够了": 3000,
    "剩下的8000全用上": 8000,
    "不超6000": 6000,
    "给你们两千五": 2500,
    "优惠成本500，从2500里出": 2500,
    "预算（千元）：2.5": 2500,
    "预算4000到5000": None,
    "budget 4000 to 5000": None,
}


@pytest.mark.parametrize("text", BUDGETS)
def test_budgets(text: str) -> None:
    zh = is_chinese(text) or "w" in text
    base = "买过咖啡的客户，邮件和短信，12月1日到14日，九折，" if zh else "Email and SMS to coffee buyers, Dec 1-14. "
    budget = found(base + text, zh).get("budget")
    assert (budget["amount_minor"] // 100 if budget else None) == BUDGETS[text]


def test_a_bare_sum_in_chinese_is_in_the_shops_currency() -> None:
    brief = read("买过咖啡的客户，邮件，12月1日到14日，预算4500", today=TODAY)
    assert brief.fields.budget is not None
    assert brief.fields.budget.currency == "USD"


ASIDES = {
    False: (
        "We had 4,500 sales in October.",
        "Revenue was $1.2M last quarter.",
        "The average basket is $38.",
        "Let's talk on Thursday at 3pm.",
        "Our best seller costs $12.99.",
        "About 30% of customers open our mails.",
        "We sell coffee, tea and biscuits.",
        "Someone complained about the last email.",
        "Could you reply before Friday?",
        "Our competitor gives 25% off all week.",
        "We met two weeks before the holidays to discuss this.",
        "The weekend before last we were at a fair.",
        "I'll text you when it is ready.",
        "Don't worry about the printing cost of $200, that is paid.",
        "We'll report by the 15th.",
        "Stock arrives on Dec 2.",
        "Last Christmas we ran it with 20% off and $8,000.",
        "One in five parcels is late.",
    ),
    True: (
        "上季度营收120万。",
        "客单价一般在80元左右。",
        "周四下午三点开会讨论。",
        "爆款卖12.9元。",
        "我们卖咖啡、茶和饼干。",
        "非常感谢。",
        "麻烦周五前回复。",
        "竞争对手全周七五折。",
        "节前两周我们讨论过这个。",
        "好了我短信通知你。",
        "印刷费200元已经付过了。",
        "15号之前出报告。",
        "货12月2日到。",
        "去年圣诞打八折花了8000。",
        "我们围绕质量做过很多改进。",
    ),
}
BASE = {
    False: "Customers who bought coffee in the last 90 days. Email. $2,000. Dec 7-20. 10% off.",
    True: "近90天买过咖啡的客户，邮件，2000元，12月7日到20日，九折。",
}


@pytest.mark.parametrize("zh", [False, True])
def test_what_is_said_aside_changes_nothing(zh: bool) -> None:
    plain = found(BASE[zh], zh)
    for aside in ASIDES[zh]:
        assert found(f"{BASE[zh]} {aside}", zh) == plain, aside
        assert found(f"{aside} {BASE[zh]}", zh) == plain, aside


NO_GOODS = (
    "a $5 off coupon|$5 off voucher code|$5 off baskets over $40|$5 off minimum spend $40|$5 off reorders|"
    "$5 off their bill|$5 off first box|$5 off full-price items|$5 off regardless|$5 off once|half off today|"
    "10% off welcome offer|"
    "10% off end of line|10% off across the range|10% off usual price|10% off rrp|10% off weekdays|recommend a friend|"
    "move the deadline fast|half price weekend|10% off valid two weeks"
)
NO_GOODS_ZH = (
    "品牌专场|新店上市|推荐有礼|推荐好友|主推性价比|宣传店庆|上新通知|每件九折|整单九折|券后九折|"
    "线上九折|那就九折|限时九折|统一打九折|围绕节日做"
)


@pytest.mark.parametrize("zh", [False, True])
def test_words_of_offers_and_of_time_are_no_goods(zh: bool) -> None:
    base = "近90天买过咖啡的客户，邮件，3000元，12月1日到14日，" if zh else "Coffee buyers, email, $3k, Dec 1-14. "
    for words in (NO_GOODS_ZH if zh else NO_GOODS).split("|"):
        assert "products" not in found(base + words, zh), words
