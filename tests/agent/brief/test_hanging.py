"""What a condition takes from the one it hangs on, and what narrows it unread: asked about, never dropped."""

import pytest

from tests.agent.brief.reading import asked, read, values

TAKEN = {
    "heavy buyers of yogurt, meaning at least 8 purchases in the last 90 days": ["bought:yogurt@90dx8"],
    "people who buy a lot of soda (more than 10 times in the past 90 days)": ["bought:soda@90dx11"],
    "high spenders on meat ($300+ in the past 6 months)": ["spend>=300:meat@180d"],
    "pet owners (dogs and cats)": ["bought:dogs|cats"],
    "families (2+ kids)": ["attr:families with 2+ kids"],
    "occasional shoppers (1-3 orders in the past year)": ["(orders>=1@365d & orders<=3@365d)"],
    "loyalists: ordered 10+ times in the last year but not in the last 45 days": [
        "(orders>=10@365d & !(bought:*@45d))"
    ],
    "people who used to buy frozen pizza but stopped - nothing in the last 8 weeks": ["recency>=56:frozen pizza"],
    "razor buyers, last 6 months": ["bought:razor@180d"],
    "people who bought pasta in the last 60 days but never cheese": ["(bought:pasta@60d & !(bought:cheese))"],
    "customers who bought tea in September but not since": [
        "(bought:tea@2017-09-01..2017-09-30 & !(bought:tea@2017-10-01..))"
    ],
    "customers with at least 3 orders in 2016 and none since March": [
        "orders>=3@2016-01-01..2016-12-31",
        "recency>=268",
    ],
    "customers who started buying diapers in the last 90 days": [
        "(bought:diapers@90d & !(bought:diapers@..2017-08-25))"
    ],
    "customers whose first order was in the last 45 days and who haven't come back": ["tenure<=45", "orders=1"],
    "customers who joined in March or April but haven't ordered": ["(tenure<=268 & tenure>=208)", "orders=0"],
    "grill buyers & people who bought charcoal since May": ["(bought:grill | bought:charcoal@2017-05-01..)"],
    "singles and couples under 35": ["(attr:singles | attr:couples under 35)"],
    "customers who redeemed at least 3 coupons in the past year": ["coupons>=3@365d"],
    "the bottom 20% by average order value": ["bottom20%:aov"],
    "上个月注册但还没下单的用户": ["(tenure<=54 & tenure>=24)", "orders=0"],
    "买过两次以上狗粮的用户": ["bought:狗粮x2"],
    "过去90天买过 pet food 的 customers": ["bought:pet food@90d"],
    "近一年买了2到5次的客户": ["(orders>=2@365d & orders<=5@365d)"],
    "去年2月买过鲜花的会员": ["bought:鲜花@2016-02-01..2016-02-29"],
    "咖啡老客": ["bought:咖啡"],
}


@pytest.mark.parametrize("text", TAKEN)
def test_it_is_one_condition(text: str) -> None:
    found = values(f"{'给' if text[0] > '一' else 'Email '}{text}. $5k, email, Dec 1-14.")
    assert (found.get("audience"), found.get("exclude")) == (TAKEN[text], None)


UNREAD = (
    "people who buy beer but not on promo",
    "people who bought pasta, but only with a coupon",
    "people who bought chips or salsa but never both",
    "parents (kids under 12) who buy snacks",
    "our top 200 customers by revenue",
    "customers who haven't bought cereal lately",
    "去年双十一之后就没再买过的老客户",
    "近60天买过酸奶或关注健康的用户",
    "高客单价老客",
)


@pytest.mark.parametrize("text", UNREAD)
def test_what_narrows_and_is_not_read_is_asked_about(text: str) -> None:
    brief = read(f"{'给' if text[0] > '一' else 'Email '}{text}. $5k, email, Dec 1-14.")
    assert brief.status == "needs_input"
    assert asked(brief) & {"audience", "exclude"}


@pytest.mark.parametrize(
    "text",
    [
        "coffee drinkers, but not too pushy",
        "tea buyers by email but not by SMS",
        "all customers, but no more than 10% off",
    ],
)
def test_what_speaks_of_the_campaign_is_no_condition(text: str) -> None:
    assert not asked(read(f"Email {text}. $5k, email, Dec 1-14.")) & {"audience", "exclude"}


def test_other_exclusions_stay_beside_a_known_one() -> None:
    found = values("Email lapsed buyers (60 days). Exclude employees and anyone who complained. $5k, Dec 1-14.")
    assert found["exclude"][0] == "attr:employees"
    assert "complained" in found["exclude"][1]


def test_not_everybody_leaves_nobody_out() -> None:
    found = values("Not everybody, just the ones who bought at least $1,000 this year. $5k, email, Dec 1-14.")
    assert (found["audience"], found.get("exclude")) == (["spend>=1000@2017-01-01.."], None)


def test_empty_boxes_were_not_chosen() -> None:
    form = "Type: [ ] launch [x] win back\nWho: no order for 60 days\nChannel: ☑ SMS ☐ Email ☐ Push\n$5k, Dec 1-14"
    found = values(form)
    assert (found["goal"], found["channels"]) == ("win_back", ["sms"])
