"""Response curves: by hand, against brute force on a grid, and where the naive ways fail."""

import itertools

import numpy as np
import pytest

from tools.budget import Cap, Curve, CurveProblem, CurveRules, InvalidProblem, solve_curves
from tools.budget.curves.problem import Curves


def test_equal_concave_curves_share_equally() -> None:
    """f(x) = 1000·x/(x + 100) twice, budget 200: by symmetry 100 each, 500 + 500. The next unit brings
    1000·100/200² = 2.5."""
    found = solve_curves(CurveProblem((Curve("a", 1000, 100, 1), Curve("b", 1000, 100, 1)), 200), gap=1e-6)
    assert found.spend_minor == {"a": 100, "b": 100}
    assert found.objective == pytest.approx(1000.0)
    assert found.status == "optimal"
    assert found.shadow_price == pytest.approx(2.5, rel=1e-3)


def test_s_shaped_curves_are_not_shared() -> None:
    """Shape 4, half at 1000, budget 1100: split equally 550⁴/(550⁴ + 1000⁴) = 8 % of the top each; all on one 59 %."""
    curves = (Curve("a", 1000, 1000, 4), Curve("b", 1000, 1000, 4))
    found = solve_curves(CurveProblem(curves, 1100))
    assert sorted(found.spend_minor.values()) == [0, 1100]
    split = 2 * 1000 * 550**4 / (550**4 + 1000**4)
    assert found.objective == pytest.approx(1000 * 1100**4 / (1100**4 + 1000**4))
    assert found.objective > 3 * split
    assert found.gap <= 1e-4


def _random(n: int, seed: int, budget: int = 0) -> CurveProblem:
    r = np.random.default_rng(seed)
    curves = tuple(
        Curve(f"c{i}", float(r.uniform(100, 900)), float(r.uniform(20, 80)), float(r.choice([0.7, 1, 2, 3, 5])))
        for i in range(n)
    )
    budget = budget or int(sum(c.half_minor for c in curves) * r.uniform(0.3, 0.9))
    caps = (Cap("first two", frozenset({"c0", "c1"}), int(budget * 0.6)),)
    return CurveProblem(curves, budget, caps)


@pytest.mark.parametrize("seed", range(12))
def test_against_brute_force(seed: int) -> None:
    """Every plan of three channels in whole minor units."""
    problem = _random(3, seed, budget=60)
    curves = Curves(problem)
    a, b = np.meshgrid(np.arange(61), np.arange(61), indexing="ij")
    c = 60 - a - b
    plans = np.stack([a, b, c], axis=-1)[(c >= 0) & (a + b <= problem.caps[0].most_minor)]
    truth = float(curves.value(plans.astype(np.float64)).sum(axis=1).max())
    found = solve_curves(problem, gap=1e-3, time_limit_s=60)
    assert curves.feasible(np.array(list(found.spend_minor.values())))
    assert found.bound >= truth - 1e-9
    # Whole units are 1/60 of the budget here, so the bound of real numbers may stay above.
    assert found.objective >= truth * (1 - 1e-3)


@pytest.mark.parametrize(("n", "seed"), [(10, 0), (10, 3), (50, 1), (50, 2)])
def test_the_bound_is_near(n: int, seed: int) -> None:
    problem = _random(n, seed)
    scaled = CurveProblem(
        tuple(Curve(c.name, c.top, c.half_minor * 1000, c.shape) for c in problem.curves), problem.budget_minor * 1000
    )
    found = solve_curves(scaled, gap=1e-3, time_limit_s=60)
    assert Curves(scaled).feasible(np.array(list(found.spend_minor.values())))
    assert found.gap <= 1e-3
    # Every curve rises, so all the money is spent, but for a unit a channel.
    assert sum(found.spend_minor.values()) >= scaled.budget_minor - n


def test_rules_against_every_choice_of_channels() -> None:
    """At most two of four channels, 0 and 1 not together: no allowed pair solved alone is better."""
    problem = CurveProblem(_random(4, 5).curves, 150)
    rules = CurveRules(most_channels=2, exclusive=(("c0", "c1"),))
    found = solve_curves(problem, rules=rules)
    used = {name for name, x in found.spend_minor.items() if x}
    assert len(used) <= 2
    assert not {"c0", "c1"} <= used
    best = max(
        solve_curves(CurveProblem(pair, 150)).objective
        for pair in itertools.combinations(problem.curves, 2)
        if {c.name for c in pair} != {"c0", "c1"}
    )
    assert found.objective == pytest.approx(best, rel=1e-3)
    assert found.bound >= best


def test_a_least_spend_if_used() -> None:
    """Channel b would get a little; with at least 90 of 100 if used, one of them takes the money alone."""
    problem = CurveProblem((Curve("a", 1000, 50, 1), Curve("b", 100, 20, 1)), 100)
    assert solve_curves(problem).spend_minor["b"] > 0
    found = solve_curves(problem, rules=CurveRules(least_if_used_minor=(("b", 90),)))
    assert found.spend_minor == {"a": 100, "b": 0}


def test_refusals_and_what_does_not_fit() -> None:
    curve = Curve("a", 10, 10, 1)
    with pytest.raises(InvalidProblem, match="`top` of curve 'a'"):
        CurveProblem((Curve("a", float("nan"), 10, 1),), 5)
    with pytest.raises(InvalidProblem, match="twice"):
        CurveProblem((curve, curve), 5)
    with pytest.raises(InvalidProblem, match="'b', which is no curve"):
        CurveProblem((curve,), 5, (Cap("g", frozenset({"b"}), 3),))
    with pytest.raises(InvalidProblem, match="budget_minor"):
        CurveProblem((curve,), -1)
    short = solve_curves(CurveProblem((Curve("a", 10, 10, 1, least_minor=8, most_minor=9),), 5))
    assert short.status == "infeasible"
    assert solve_curves(CurveProblem((), 5)).objective == 0
    assert solve_curves(CurveProblem((curve,), 0)).objective == 0
