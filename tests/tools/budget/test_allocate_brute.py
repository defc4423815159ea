"""Cells against brute force: equal objective, equal least cost, feasible; and every conflict is irreducible."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.budget.brute import best
from tools.budget.allocate import Group, Limits, Option, allocate
from tools.budget.cells.certificate import certify_cells
from tools.budget.cells.conflict import explain_conflict
from tools.budget.cells.limits import list_limits, with_value, without
from tools.budget.cells.problem import CellProblem
from tools.failure import ToolFailure
from tools.vocabulary import Channel

CHANNELS: tuple[Channel, ...] = ("email", "sms")
HALF = 500_000


@st.composite
def problems(draw: st.DrawFn, rules: bool) -> tuple[list[Group], list[Option], Limits]:
    reaches = [frozenset[Channel]({"email"}), frozenset[Channel]({"email", "sms"})]
    segments = draw(st.sampled_from([["s"], ["s", "t"]]))
    groups = [
        Group(s, r, draw(st.integers(0, 3))) for s in segments for r in draw(st.sampled_from([reaches, reaches[1:]]))
    ]
    keys = [(s, c, f) for s in segments for c in CHANNELS for f in ("a", "b")]
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=4, unique=True))
    options = [Option(s, c, f, draw(st.integers(-4, 12)) * HALF, draw(st.integers(0, 6)) * HALF) for s, c, f in chosen]
    limits = Limits(draw(st.integers(0, 14)))
    return groups, options, draw(_more(limits)) if rules else limits


@st.composite
def _more(draw: st.DrawFn, base: Limits) -> Limits:
    def maybe(values: st.SearchStrategy[int]) -> int | None:
        return draw(st.one_of(st.none(), values))

    def keyed(keys: tuple[str, ...], values: st.SearchStrategy[float]) -> dict[str, float]:
        return {k: draw(values) for k in draw(st.lists(st.sampled_from(keys), max_size=1))}

    return Limits(
        budget_minor=base.budget_minor,
        channel_capacity=keyed(CHANNELS, st.integers(0, 4)),  # type: ignore[arg-type]
        channel_budget_minor=keyed(CHANNELS, st.integers(0, 6)),  # type: ignore[arg-type]
        max_offers_per_segment=maybe(st.integers(0, 2)),
        min_cell=draw(st.sampled_from([0, 0, 1, 2, 3])),
        min_reach=maybe(st.integers(0, 6)),
        max_share_offer=keyed(("a", "b"), st.sampled_from([0.0, 0.25, 0.5])),
        min_channel_spend_minor=keyed(CHANNELS, st.integers(0, 4)),  # type: ignore[arg-type]
        min_spend_minor=maybe(st.integers(0, 3)),
        required_channels=frozenset(draw(st.lists(st.sampled_from(CHANNELS), max_size=1))),
        max_segments_per_offer=keyed(("a", "b"), st.integers(0, 1)),  # type: ignore[arg-type]
        exclusive_offers=draw(st.sampled_from([(), (("a", "b"),)])),
    )


def _check(groups: list[Group], options: list[Option], limits: Limits) -> None:
    truth = best(groups, options, limits)
    if truth is None:
        _check_conflict(groups, options, limits)
        return
    result = allocate(groups, options, limits, curve_points=0)
    part = result.part
    plan_cost = {o.key: o.cost_micro for o in options}
    assert part.status == "optimal"
    assert part.objective == truth[0] / 1e6
    assert part.bound == part.objective
    assert sum(plan_cost[g.segment_id, g.channel, g.offer_id] * g.customers for g in result.groups) == truth[1]
    assert part.spend_minor == -(-truth[1] // 10**6) <= limits.budget_minor
    assert part.certificate.violations == ()
    assert part.certificate.bound >= part.objective - 1e-9
    assert sum(c.cost_minor for c in part.cells) == part.spend_minor
    assert sum(c.incremental_margin_minor for c in part.cells) == round(part.objective), "rows add to the total shown"


def _check_conflict(groups: list[Group], options: list[Option], limits: Limits) -> None:
    with pytest.raises(ToolFailure) as failure:
        allocate(groups, options, limits, curve_points=0)
    assert failure.value.code == "infeasible"
    conflict = explain_conflict(CellProblem(tuple(groups), tuple(options), limits))
    assert conflict.proven
    others = [item for item in list_limits(limits) if item not in conflict.limits]
    only = limits
    for item in others:
        only = without(only, item, 10**6)
    assert best(groups, options, only) is None
    for item in conflict.limits:
        assert best(groups, options, without(only, item, 10**6)) is not None
    for change in conflict.relaxations:
        if change.value is not None:
            share = change.limit.kind == "max_share_offer"
            value = round(change.value * (100 if share else 1))
            assert best(groups, options, with_value(limits, change.limit, value)) is not None
            nearer = value + (1 if change.limit.is_lower else -1)
            assert best(groups, options, with_value(limits, change.limit, nearer)) is None
    assert conflict.relaxations or conflict.together


@settings(max_examples=60, deadline=None)
@given(problems(rules=False))
def test_budget_alone(problem: tuple[list[Group], list[Option], Limits]) -> None:
    _check(*problem)


@settings(max_examples=150, deadline=None)
@given(problems(rules=True))
def test_every_rule(problem: tuple[list[Group], list[Option], Limits]) -> None:
    _check(*problem)


def test_the_certificate_finds_each_broken_limit() -> None:
    """A plan made for loose limits is checked against tight ones: each is named."""
    groups = [Group("s", frozenset[Channel](CHANNELS), 6)]
    options = [Option("s", "email", "a", 9 * HALF, 2 * HALF), Option("s", "sms", "b", 8 * HALF, HALF)]
    plan = allocate(groups, options, Limits(100, channel_capacity={"email": 3}), curve_points=0).groups
    tight = Limits(
        4, channel_capacity={"email": 2}, channel_budget_minor={"email": 1}, min_cell=4, min_reach=7,
        max_share_offer={"a": 0.4}, min_channel_spend_minor={"sms": 2}, min_spend_minor=5,
        required_channels=frozenset({"push"}), max_offers_per_segment=1, exclusive_offers=(("a", "b"),),
        max_segments_per_offer={"a": 0},
    )  # fmt: skip
    found = certify_cells(CellProblem(tuple(groups), tuple(options), tight), plan, {}).violations
    for word in ("budget is", "channel_capacity:email", "channel_budget:email", "3 customers", "min_reach",
                 "max_share_offer:a", "sms spends less", "min_spend", "required_channel:push", "2 offers of 1",
                 "both a and b", "a is in 1 segments"):  # fmt: skip
        assert any(word in v for v in found), (word, found)
