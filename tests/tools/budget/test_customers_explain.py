"""Explanations over customers: by hand, and conflicts held against brute force."""

import numpy as np
import pytest

from tests.tools.budget.test_customers import hand
from tests.tools.budget.test_customers_brute import brute, small
from tools.budget import BudgetProblem, InvalidProblem, Row, binding, conflict, solve, why


def test_what_binds_and_what_it_is_worth() -> None:
    """Budget 5 of `hand`: the next unit brings 2. The cap of 3 on everybody never binds."""
    found = solve(hand().with_rows([Row("everybody", None, 3)]))
    assert [(b.name, b.side, b.limit) for b in binding(found)] == [("budget", "upper", 5.0)]
    assert binding(found)[0].worth == pytest.approx(2.0)


def test_why_this_offer_and_not_the_next() -> None:
    """Customer 2 gets action 1 (8 for 3) rather than action 0 (4 for 2): at 2 to 8/3 a unit it is ahead by at least
    8 − 3·8/3 − (4 − 2·8/3) = 4/3."""
    problem = hand()
    found = solve(problem)
    choice = why(problem, found, 2)
    assert (choice.chosen.action, choice.chosen.value, choice.chosen.cost_minor) == (1, 8.0, 3)
    assert {a.action for a in choice.others} == {0, -1}
    nets = {a.action: a.net for a in (choice.chosen, *choice.others)}
    lam = found.rows[0].multiplier
    assert nets[1] == pytest.approx(8 - 3 * lam)
    assert nets[0] == pytest.approx(4 - 2 * lam)
    assert choice.behind == pytest.approx(nets[1] - max(nets[0], 0.0))
    assert choice.behind >= -1e-9
    with pytest.raises(InvalidProblem, match="no customer 3"):
        why(problem, found, 3)


def test_what_is_not_allowed_stands_last() -> None:
    allowed = np.array([[True, False], [True, True], [True, True]])
    problem = BudgetProblem(hand().value, hand().cost_minor, 20, (), allowed)
    choice = why(problem, solve(problem), 0)
    assert choice.chosen.action == 0
    assert [a.action for a in choice.others] == [-1, 1]
    assert choice.behind == pytest.approx(6.0)


def test_a_conflict_by_hand() -> None:
    """Three contacts cost at least 1 + 1 + 2 = 4; the budget is 3. The cap has nothing to do with it.

    One unit of budget more, or one contact fewer, and there is a plan.
    """
    problem = hand().with_rows([Row("reach", 3, None), Row("cap", None, 2, actions=[1])]).with_budget(3)
    found = conflict(problem)
    assert found is not None
    assert set(found.limits) == {"budget (upper)", "reach (lower)"}
    assert found.proven
    changes = {(c.name, c.value) for c in found.relaxations}
    assert changes == {("budget", 4.0), ("reach", 2.0)}
    assert conflict(problem.with_budget(4)) is None


def test_conflicts_are_irreducible_and_the_changes_help() -> None:
    """Held against brute force: what is named conflicts; without any one of it there is a plan; so with each change."""
    checked = 0
    for seed in range(24):
        problem = small(seed)
        found = conflict(problem)
        assert (found is None) == (brute(problem) > -np.inf), seed
        if found is None:
            continue
        checked += 1
        assert found.proven
        assert brute(_only(problem, found.limits)) == -np.inf, seed
        for limit in found.limits:
            assert brute(_only(problem, [k for k in found.limits if k != limit])) > -np.inf, (seed, limit)
        for c in found.relaxations:
            assert brute(_changed(problem, c.name, c.side, c.value)) > -np.inf, (seed, c)
    assert checked >= 3


def _only(problem: BudgetProblem, kept: object) -> BudgetProblem:
    names = set(kept)  # type: ignore[call-overload]
    rows = [_row(r, *(x if f"{r.name} ({side})" in names else None for side, x in _sides(r))) for r in problem.rows]
    return problem.with_rows(rows).with_budget(problem.budget_minor if "budget (upper)" in names else 10**6)


def _sides(row: Row) -> list[tuple[str, float | None]]:
    return [("lower", row.lower), ("upper", row.upper)]


def _row(row: Row, lower: float | None, upper: float | None) -> Row:
    return Row(row.name, lower, upper, row.usage, row.actions, row.customers)


def _changed(problem: BudgetProblem, name: str, side: str, value: float) -> BudgetProblem:
    if name == "budget":
        return problem.with_budget(int(value))
    rows = [_row(r, *(value if (r.name, s) == (name, side) else x for s, x in _sides(r))) for r in problem.rows]
    return problem.with_rows(rows)
