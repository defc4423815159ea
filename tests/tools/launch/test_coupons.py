"""Codes are unique, unguessable, capped, and the same at every export."""

import collections

import pytest

from tools.failure import ToolFailure
from tools.launch import coupons
from tools.launch.coupons import ALPHABET, LENGTH, coupon_codes

SECRET = bytes(range(32))


def offers(n: int, offer: str = "p10") -> dict[str, str]:
    return {f"c{i:05}": offer for i in range(n)}


def test_unique_and_of_the_alphabet() -> None:
    codes = coupon_codes("a", offers(3000), secret=SECRET, cap=3000)
    assert len(set(codes.values())) == 3000
    assert {len(code) for code in codes.values()} == {LENGTH}
    assert set("".join(codes.values())) == set(ALPHABET)


def test_again_gives_the_same_in_any_order() -> None:
    first = coupon_codes("a", offers(200), secret=SECRET, cap=200)
    reverse = dict(reversed(offers(200).items()))
    assert coupon_codes("a", reverse, secret=SECRET, cap=200) == first


@pytest.mark.parametrize(
    ("campaign", "offer", "secret"),
    [("b", "p10", SECRET), ("a", "p15", SECRET), ("a", "p10", bytes(reversed(SECRET)))],
    ids=["campaign", "offer", "secret"],
)
def test_another_campaign_offer_or_secret_shares_no_code(campaign: str, offer: str, secret: bytes) -> None:
    one = coupon_codes("a", offers(1000), secret=SECRET, cap=1000)
    two = coupon_codes(campaign, offers(1000, offer), secret=secret, cap=1000)
    assert not set(one.values()) & set(two.values())


def test_names_that_run_together_are_told_apart() -> None:
    one = coupon_codes("a", {"c1": "2x"}, secret=SECRET, cap=1)["c1"]
    two = coupon_codes("a", {"c12": "x"}, secret=SECRET, cap=1)["c12"]
    assert one != two


def test_each_place_takes_every_letter_alike() -> None:
    codes = coupon_codes("a", offers(14_000), secret=SECRET, cap=14_000).values()
    for place in range(LENGTH):
        counts = collections.Counter(code[place] for code in codes)
        assert min(counts.values()) > 400  # 500 expected, standard deviation 22
        assert max(counts.values()) < 600


def test_a_code_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coupons, "LENGTH", 2)  # 784 codes for 500 customers
    codes = coupon_codes("a", offers(500), secret=SECRET, cap=500)
    assert len(set(codes.values())) == 500
    assert {len(code) for code in codes.values()} == {2}


def test_the_cap_holds_and_nobody_gets_half() -> None:
    with pytest.raises(ToolFailure) as caught:
        coupon_codes("a", offers(13), secret=SECRET, cap=12)
    assert caught.value.code == "coupon_cap"
    assert caught.value.detail == {"cap": 12, "codes": 13}


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        coupon_codes("a", offers(1), secret=b"guess", cap=1)
