"""Cells solved by hand: the answers are worked out in each docstring."""

import pytest

from tools.budget.allocate import Group, Limits, Option, PlanAllocation, allocate
from tools.failure import ToolFailure
from tools.vocabulary import Channel

M = 1_000_000
EMAIL: frozenset[Channel] = frozenset({"email"})
BOTH: frozenset[Channel] = frozenset({"email", "sms"})


def counts(result: PlanAllocation) -> dict[tuple[str, str, str], int]:
    return {(c.segment_id, c.channel, c.offer_id): c.customers for c in result.part.cells}


def test_the_dearer_option_goes_to_as_many_as_the_budget_allows() -> None:
    """10 customers; `a` brings 5 for 1, `b` brings 8 for 3. Budget 16.

    All on `a` costs 10 and brings 50; each move to `b` costs 2 more and brings 3 more: three moves fit (16): 59.
    The next minor unit brings 3/2.
    """
    options = [Option("s", "email", "a", 5 * M, 1 * M), Option("s", "email", "b", 8 * M, 3 * M)]
    result = allocate([Group("s", EMAIL, 10)], options, Limits(16))
    assert counts(result) == {("s", "email", "a"): 7, ("s", "email", "b"): 3}
    part = result.part
    assert (part.status, part.objective, part.bound, part.spend_minor) == ("optimal", 59.0, 59.0, 16)
    assert part.shadow_price == pytest.approx(1.5)
    assert part.certificate.violations == ()
    assert part.certificate.bound == pytest.approx(59.0)


def test_an_option_outside_the_convex_hull_is_used_where_integers_ask_for_it() -> None:
    """One customer, budget 2: `a` 5 for 1, `b` 6 for 2 (worse by the next unit than `c` 11 for 3, out of reach)."""
    options = [
        Option("s", "email", "a", 5 * M, 1 * M),
        Option("s", "email", "b", 6 * M, 2 * M),
        Option("s", "email", "c", 11 * M, 3 * M),
    ]
    result = allocate([Group("s", EMAIL, 1)], options, Limits(2))
    assert counts(result) == {("s", "email", "b"): 1}
    assert result.part.certificate.bound == pytest.approx(
        8.0
    )  # half way from `a` to `c`: the LP's bound, honestly loose
    assert result.part.bound == 6.0


def test_reach_decides_who_gets_what() -> None:
    """SMS brings more but reaches 4 of 10; capacity leaves 3: 3 by SMS, 7 by e-mail. One more SMS brings 9 − 5."""
    groups = [Group("s", EMAIL, 6), Group("s", BOTH, 4)]
    options = [Option("s", "email", "a", 5 * M, 0), Option("s", "sms", "a", 9 * M, 1 * M)]
    result = allocate(groups, options, Limits(100, channel_capacity={"sms": 3}))
    assert counts(result) == {("s", "email", "a"): 7, ("s", "sms", "a"): 3}
    price = next(c for c in result.part.constraints if c.name == "channel_capacity:sms")
    assert (price.limit, price.used) == (3, 3)
    assert price.shadow_price == pytest.approx(4.0)
    assert all(g.channel in g.reach for g in result.groups)
    assert any("SMS" in s and "$0.04" in s for s in result.part.explanation)


def test_money_left_over_is_explained() -> None:
    """412 customers at 10 cents pay ($41.20); the other option never pays. Budget $20,000."""
    options = [Option("s", "email", "a", 50 * M, 10 * M), Option("s", "email", "b", -1 * M, 900 * M)]
    part = allocate([Group("s", EMAIL, 412)], options, Limits(2_000_000)).part
    assert part.spend_minor == 4120
    assert part.shadow_price == 0
    expected = "Every contact that pays for itself costs $41.20; the remaining $19,958.80 would lose money."
    assert part.explanation[0] == expected
    assert part.budget_curve[-1].spend_minor == 4120
    assert {0, 4120, 2_000_000} <= {p.budget_minor for p in part.budget_curve}


def test_a_fraction_of_a_cent_is_rounded_up_and_never_overspends() -> None:
    """A message costs 0.3 cents; 7 customers; a budget of 2 cents pays for 6 (1.8 cents, shown as 2)."""
    part = allocate([Group("s", EMAIL, 7)], [Option("s", "email", "a", M, 300_000)], Limits(2)).part
    assert part.cells[0].customers == 6
    assert part.spend_minor == 2
    assert sum(c.cost_minor for c in part.cells) == part.spend_minor


@pytest.mark.parametrize("budget", [0, 5])
def test_zero_budget_sends_only_what_is_free(budget: int) -> None:
    options = [Option("s", "email", "free", 2 * M, 0), Option("s", "email", "paid", 9 * M, 6 * M)]
    part = allocate([Group("s", EMAIL, 3)], options, Limits(budget)).part
    assert [(c.offer_id, c.customers) for c in part.cells] == [("free", 3)]
    assert part.spend_minor == 0


def test_among_equal_values_the_cheapest_is_taken() -> None:
    options = [Option("s", "email", "dear", 4 * M, 3 * M), Option("s", "email", "cheap", 4 * M, 1 * M)]
    part = allocate([Group("s", EMAIL, 5)], options, Limits(100)).part
    assert [(c.offer_id, c.customers) for c in part.cells] == [("cheap", 5)]


def test_nothing_pays() -> None:
    part = allocate([Group("s", EMAIL, 5)], [Option("s", "email", "a", -M, M)], Limits(100)).part
    assert (part.objective, part.bound, part.cells, part.spend_minor) == (0.0, 0.0, (), 0)
    assert "brings more than it costs" in part.explanation[0]


def test_budget_below_the_cheapest_message_says_so() -> None:
    part = allocate([Group("s", EMAIL, 5)], [Option("s", "email", "a", 90 * M, 10 * M)], Limits(7)).part
    assert part.cells == ()
    assert part.explanation[0].startswith("The budget of $0.07 does not pay for one message: the cheapest")


def test_a_price_at_a_kink_is_that_of_the_next_unit() -> None:
    """Budget 5 pays for exactly the five customers; the dual may be anything from 0 to 4, the next unit brings 0."""
    part = allocate([Group("s", EMAIL, 5)], [Option("s", "email", "a", 4 * M, M)], Limits(5)).part
    assert part.shadow_price == 0


def test_smallest_cell_and_offers_per_segment() -> None:
    """6 customers, budget 8: freely 5×a (1 each) + 1×b (3) = 25 + 8; with cells of at least 3, b needs 9: all a = 30.

    With at most one offer: all a = 30 as well, or b for 2 = 16.
    """
    options = [Option("s", "email", "a", 5 * M, M), Option("s", "email", "b", 8 * M, 3 * M)]
    groups = [Group("s", EMAIL, 6)]
    assert allocate(groups, options, Limits(8)).part.objective == 33
    cells = allocate(groups, options, Limits(8, min_cell=3)).part
    assert cells.objective == 30
    one = allocate(groups, options, Limits(8, max_offers_per_segment=1)).part
    assert one.objective == 30
    rule = next(c for c in one.constraints if c.name == "max_offers_per_segment")
    assert rule.shadow_price == 3  # a second offer brings 33


def test_no_options_or_no_customers() -> None:
    assert allocate([], [], Limits(10)).part.objective == 0
    assert allocate([Group("s", EMAIL, 5)], [], Limits(10)).part.cells == ()
    assert allocate([Group("s", frozenset(), 5)], [Option("s", "email", "a", M, M)], Limits(10)).part.cells == ()


def test_same_seed_same_bytes() -> None:
    options = [Option("s", "email", f"o{i}", (7 + i % 3) * M, (2 + i % 2) * M) for i in range(6)]
    groups = [Group("s", EMAIL, 40), Group("s", BOTH, 13)]
    first, second = (allocate(groups, options, Limits(77), seed=3) for _ in range(2))
    assert first == second


def test_large_counts_stay_exact() -> None:
    """A hundred million customers, money to the millionth: the objective is the exact integer sum."""
    options = [Option("s", "email", "a", 123_456_789, 1_234_567), Option("s", "email", "b", 223_456_789, 3_234_567)]
    n = 100_000_000
    part = allocate([Group("s", EMAIL, n)], options, Limits(200_000_000), curve_points=0).part
    moves = (200_000_000 * M - n * 1_234_567) // 2_000_000
    assert part.status == "optimal"
    assert {c.offer_id: c.customers for c in part.cells} == {"a": n - moves, "b": moves}


def test_sums_beyond_64_bits_are_solved_and_never_called_optimal() -> None:
    options = [Option("s", "email", "a", 10**15, 10**13), Option("s", "email", "b", 2 * 10**15 + 1, 3 * 10**13)]
    part = allocate([Group("s", EMAIL, 10**6)], options, Limits(2 * 10**13), curve_points=0).part
    assert part.status == "feasible"
    assert part.certificate.violations == ()
    assert part.gap < 1e-6


@pytest.mark.parametrize(
    ("groups", "options", "limits", "words"),
    [
        ([Group("s", EMAIL, 1)] * 2, [], Limits(1), "given twice"),
        ([], [Option("s", "email", "a", 1, 1)] * 2, Limits(1), "given twice"),
        ([Group("s", EMAIL, -1)], [], Limits(1), "at least 0"),
        ([], [Option("s", "email", "a", 1, -1)], Limits(1), "at least 0"),
        ([], [Option("s", "email", "a", 1.5, 1)], Limits(1), "whole number"),  # type: ignore[arg-type]
        ([], [], Limits(-1), "budget"),
        ([], [], Limits(1, max_share_offer={"a": 1.5}), "between 0 and 1"),
        ([], [], Limits(1, channel_capacity={"fax": 3}), "no channel"),  # type: ignore[dict-item]
    ],
)
def test_a_problem_validates_itself(groups: list[Group], options: list[Option], limits: Limits, words: str) -> None:
    with pytest.raises(ToolFailure, match=words) as failure:
        allocate(groups, options, limits)
    assert failure.value.code == "invalid_problem"
