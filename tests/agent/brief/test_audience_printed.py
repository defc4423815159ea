"""A condition printed in any of the styles that people use is read back as exactly that condition."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.brief.reading import values

GOODS = st.sampled_from(
    ("coffee", "dog food", "frozen pizza", "laundry detergent", "baby wipes", "cheese", "organic milk")
)
GOODS_ZH = st.sampled_from(("咖啡", "狗粮", "冷冻披萨", "洗衣液", "湿巾", "奶酪"))
PEOPLE = st.sampled_from(("customers", "people", "shoppers", "anyone", "households"))
UNITS = {"days": 1, "weeks": 7, "months": 30}
SPANS = st.tuples(st.integers(2, 11), st.sampled_from(tuple(UNITS)))
DAYS = st.integers(7, 360)
COUNTS = st.integers(2, 12)
Style = Callable[[str, str, int, str, int], str]

STALE: tuple[Style, ...] = (
    lambda who, what, n, unit, _: f"{who} who haven't bought {what} in the last {n} {unit}",
    lambda who, what, n, unit, _: f"{who} who have not purchased {what} for {n} {unit}",
    lambda who, what, n, unit, _: f"{who} who used to buy {what} but haven't in {n} {unit}",
    lambda who, what, n, unit, _: f"{who} with no {what} purchase in the past {n} {unit}",
    lambda who, what, n, unit, _: f"{who} whose last {what} order was more than {n} {unit} ago",
    lambda who, what, n, unit, _: f"{who} who stopped buying {what} ({n} {unit})",
)
BOUGHT: tuple[Style, ...] = (
    lambda who, what, n, unit, _: f"{who} who bought {what} in the last {n} {unit}",
    lambda who, what, n, unit, _: f"{who} that purchased {what} within the past {n} {unit}",
    lambda who, what, n, unit, _: f"{who} who've ordered {what} over the last {n} {unit}",
    lambda who, what, n, unit, _: f"{what} buyers in the last {n} {unit}",
    lambda who, what, n, unit, _: f"{what} buyers, last {n} {unit}",
)
OFTEN: tuple[Style, ...] = (
    lambda who, what, n, unit, k: f"{who} who bought {what} at least {k} times in the last {n} {unit}",
    lambda who, what, n, unit, k: f"{who} who bought {what} {k} or more times in the past {n} {unit}",
    lambda who, what, n, unit, k: f"{who} who ordered {what} {k}+ times in the last {n} {unit}",
    lambda who, what, n, unit, k: f"heavy buyers of {what}, meaning at least {k} purchases in the last {n} {unit}",
    lambda who, what, n, unit, k: f"{who} with {k}+ {what} orders in the last {n} {unit}",
)
ZH: tuple[tuple[Callable[[str, int, int], str], str], ...] = (
    (lambda what, n, _: f"{n}天没买{what}的用户", "recency>={n}:{what}"),
    (lambda what, n, _: f"最近{n}天没有购买{what}的顾客", "recency>={n}:{what}"),
    (lambda what, n, _: f"近{n}天买过{what}的会员", "bought:{what}@{n}d"),
    (lambda what, n, _: f"过去{n}天内购买过{what}的客户", "bought:{what}@{n}d"),
    (lambda what, n, k: f"近{n}天买过{what}{k}次以上的用户", "bought:{what}@{n}dx{k}"),
    (lambda what, n, k: f"近{n}天买过{k}次以上{what}的用户", "bought:{what}@{n}dx{k}"),
    (lambda what, n, k: f"近{n}天下单{k}次以上的会员", "orders>={k}@{n}d"),
    (lambda what, n, k: f"近{n}天用过{k}张以上优惠券的会员", "coupons>={k}@{n}d"),
)


def audience(text: str) -> list[str]:
    found = values(f"Email {text}. Budget $5k, Dec 1-14, no discount.")
    assert "exclude" not in found, found
    return list(found.get("audience", []))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(STALE), PEOPLE, GOODS, SPANS)
def test_who_no_longer_buys(style: Style, who: str, what: str, past: tuple[int, str]) -> None:
    n, unit = past
    assert audience(style(who, what, n, unit, 0)) == [f"recency>={n * UNITS[unit]}:{what}"]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(BOUGHT), PEOPLE, GOODS, SPANS)
def test_who_bought(style: Style, who: str, what: str, past: tuple[int, str]) -> None:
    n, unit = past
    assert audience(style(who, what, n, unit, 0)) == [f"bought:{what}@{n * UNITS[unit]}d"]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(OFTEN), PEOPLE, GOODS, SPANS, COUNTS)
def test_who_bought_so_often(style: Style, who: str, what: str, past: tuple[int, str], k: int) -> None:
    n, unit = past
    assert audience(style(who, what, n, unit, k)) == [f"bought:{what}@{n * UNITS[unit]}dx{k}"]


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(ZH), GOODS_ZH, DAYS, COUNTS)
def test_in_chinese(style: tuple[Callable[[str, int, int], str], str], what: str, n: int, k: int) -> None:
    said, meant = style
    found = values(f"给{said(what, n, k)}发邮件，预算5000元，12月1日到14日，不打折。")
    assert (found.get("audience"), found.get("exclude")) == ([meant.format(what=what, n=n, k=k)], None)


@settings(max_examples=40, deadline=None)
@given(GOODS, GOODS, SPANS, PEOPLE)
def test_who_is_left_out(what: str, other: str, past: tuple[int, str], who: str) -> None:
    n, unit = past
    found = values(
        f"Email customers who bought {what}, excluding {who} who bought {other} in the last {n} {unit}. "
        "$5k, Dec 1-14, no discount."
    )
    assert found["exclude"] == [f"bought:{other}@{n * UNITS[unit]}d"]
    if what != other:
        assert found["audience"] == [f"bought:{what}"]
