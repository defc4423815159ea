"""From the dual's minimum to a plan of whole customers: core, LP corner, local search, CP-SAT, proof.

`Rounder` holds the plan as it improves: at any moment `plan` is the best that keeps every limit (None before the
first), and `bound` holds for every plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.check import check
from tools.budget.customers.core import Core, Losses, build_core, losses, usage_units
from tools.budget.customers.corelp import CoreLp, rounded, solve_core
from tools.budget.customers.counts import Plan, finite_limits, round_bound, smallest, used_units, value_of
from tools.budget.customers.data import Customers, Limits
from tools.budget.customers.dual import DualState
from tools.budget.customers.exact_rows import Scale, common_scale, integer_rows
from tools.budget.customers.oracle import sweep
from tools.budget.customers.problem import Floats, Ints
from tools.budget.customers.search import improve

SMALLEST_CORE, PER_ROW = 256, 48
"""Customers of the first core."""
LARGEST_CORE = 16_384
LARGEST_PROOF = 150_000
"""Alternatives that CP-SAT is given to prove."""
LONG_PROOF_S, SHORT_PROOF_S = 60.0, 1.5
"""CP-SAT's time (its deterministic clock) where the gap asked for is not reached yet, and where it is."""
TIE_STEP = 1e-8
SHORTFALL = 0.1
"""What part of the gap the core's LP may stay below the dual; further, and the core is taken larger."""
PROVEN = 1e-9
"""A gap below this is the arithmetic's: the plan is called optimal."""


class Rounder:
    """One rounding.

    Args:
        gap: relative; enough is enough.
        prove: go on to gap 0 where CP-SAT can (small problems).
        over: whether the time is up.
    """

    def __init__(
        self, customers: Customers, limits: Limits, state: DualState, *, gap: float, prove: bool, seed: int,
        engine: Any, over: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.customers, self.limits, self.state = customers, limits, state
        self.gap, self.prove, self.seed, self.engine, self.over = gap, prove, seed, engine, over
        self.lam = state.lam
        self.bound = state.dual.bound
        self.plan: Plan | None = None
        self.impossible = False
        self.near = self._off_ties(self.lam)
        self.open = losses(state.open_customers, self.near)
        self.choice = state.choice.astype(np.int64)
        self.choice[state.open] = np.where(self.open.best < customers.k, self.open.best, -1)
        self.rows = integer_rows(limits, self._scales(), customers.n)
        self.used = used_units(customers, self.choice, self.rows)
        self.value = value_of(customers, self.choice)
        # The bound is a float sum of n terms; this is more than its rounding.
        self.bound += 1e-13 * (abs(self.value) + float(np.abs(self.lam) @ np.abs(finite_limits(limits))))

    def run(self) -> None:
        self._search()
        if not self._enough() and not self.over():
            self._sharpen()
            self._close()

    def _enough(self) -> bool:
        if self.plan is None:
            return self.impossible
        goal = PROVEN / 100 if self.prove else self.gap
        return self.bound - self.plan.value <= goal * max(1e-12, abs(self.bound))

    def _off_ties(self, lam: Floats) -> Floats:
        """Where many customers tie at λ, a point beside it at which they do not: they start at what uses least.

        Losses are exact wherever they are taken; the bound stays that of λ itself.
        """
        second = losses(self.state.open_customers, lam).second()
        usual = abs(self.bound) / max(self.customers.n, 1)
        if np.count_nonzero(second <= 1e-12 * usual) <= 4 * self.limits.m + 16:
            return lam
        upper, lower = np.isfinite(self.limits.upper), np.isfinite(self.limits.lower)
        step = TIE_STEP * self.state.scale
        return lam + step * (upper & ~lower | (lam > 0)) - step * (lower & ~upper | (lam < 0))

    def _gap(self) -> float:
        return math.inf if self.plan is None else (self.bound - self.plan.value) / max(1.0, abs(self.bound))

    def _scales(self) -> list[Scale]:
        scales = [Scale(Fraction(1), True)]
        place = {int(r): t for t, r in enumerate(self.customers.table_rows)}
        per_pattern = np.bincount(self.customers.pattern, minlength=len(self.customers.table))
        dense = {d.index: d.usage for d in self.customers.dense}
        chosen = np.flatnonzero(self.choice >= 0)
        for r in range(1, self.limits.m):
            if r in place:
                entries = self.customers.table[:, place[r], :]
                total = float(per_pattern @ np.abs(entries).sum(axis=1))
                scales.append(common_scale(entries, total=total))
                continue
            own = dense[r][chosen, self.choice[chosen]]
            mine = dense[r][self.state.open]
            total = float(np.abs(own).sum() + np.abs(mine).sum())
            scales.append(common_scale(own, mine, total=total))
        return scales

    def _room(self, who: NDArray[np.intp]) -> tuple[Ints, Ints, float]:
        """What the limits leave to these customers (indices), and the others' value."""
        low, high = np.array([r.low for r in self.rows]), np.array([r.high for r in self.rows])
        contact = who[self.choice[who] >= 0]
        own = usage_units(self.customers, contact, self.choice[contact].astype(np.intp), self.rows).sum(axis=0)
        others = self.used - own
        value = self.value - float(self.customers.value[contact, self.choice[contact]].sum())
        return low - others, high - others, value

    def _core(
        self, found: Losses, who: NDArray[np.intp], most_loss: float, index: NDArray[np.intp], *, drop: bool = True
    ) -> tuple[Core, float]:
        low, high, others = self._room(index[who])
        core = build_core(found, who, most_loss, self.rows, (low, high), index, keep_no_contact=drop)
        return core, others

    def _search(self) -> None:
        """The LP's corner on a core of the nearest customers, rounded, then local search; CP-SAT where that fails."""
        second = self.open.second()
        size = max(SMALLEST_CORE, PER_ROW * self.limits.m)
        short = PROVEN if self.prove else SHORTFALL * self.gap
        while True:
            who = smallest(second, size)
            most = 4 * float(second[who][np.isfinite(second[who])].max(initial=0.0)) + 1e-12 * abs(self.bound)
            core, others = self._core(self.open, who, most, self.state.open)
            lp = solve_core(core)
            whole = len(who) == len(second) or len(who) >= LARGEST_CORE or self.over()
            if lp is not None and (whole or others + lp.value >= self.bound - short * abs(self.bound)):
                break
            if whole:
                break
            size *= 4
        if lp is not None and self._take_prices(lp):
            core, others = self._core(self.open, who, most, self.state.open)
            lp = solve_core(core)
        if lp is not None:
            core = core.with_y(rounded(core, lp))
        core = self._improved(core, others)
        self._keep(core)
        if not self._enough():
            self._keep(self._checked(core))

    def _improved(self, core: Core, others: float) -> Core:
        enough = self.bound - others - 0.1 * self.gap * abs(self.bound)
        pair = self.engine if hasattr(self.engine, "best_pair") else None
        for stiff in (1.0, 1e3, 1e6):
            core = improve(core, self._penalty(core, stiff), enough=enough, engine=pair, over=self.over)
            if core.feasible:
                break
        return core

    def _penalty(self, core: Core, stiff: float) -> Floats:
        """Merit lost per integer unit beyond a limit: twice the multiplier, and enough that no value outweighs it."""
        most = np.maximum(np.abs(core.usage).max(axis=0, initial=0), 1)
        worth = 4 * float(np.abs(core.value).max(initial=0.0)) / most
        price = np.array([abs(float(self.lam[r.index])) / float(r.scale.factor) for r in self.rows])
        return np.asarray(stiff * (2 * price + worth), dtype=np.float64)

    def _checked(self, core: Core) -> Core:
        if len(core.group) > LARGEST_PROOF or self.over():
            return core
        answer = check(core, seed=self.seed, time_limit_s=0.3, hint=core.feasible)
        if answer.y is not None and (not core.feasible or float(core.value @ answer.y) > core.total):
            return core.with_y(answer.y)
        return core

    def _keep(self, core: Core) -> None:
        """The plan with this core, if it keeps every limit and is better."""
        if not core.feasible:
            return
        action = self.choice.copy()
        who, what = core.choices()
        action[who] = what
        value = value_of(self.customers, action)
        if self.plan is None or value > self.plan.value:
            self.plan = Plan(action, value)

    def _take_prices(self, lp: CoreLp) -> bool:
        """The core LP's multipliers, if their bound is better: exact where cutting planes have stopped short.

        True where losses and choices have been made anew.
        """
        if len(self.state.open) < self.customers.n and self._bound_is_sharp():
            return False
        lam = np.zeros(self.limits.m)
        for row, price in zip(self.rows, lp.prices, strict=True):
            lam[row.index] += price * float(row.scale.factor)
        low = np.isfinite(self.limits.lower)
        high = np.isfinite(self.limits.upper)
        lam = np.clip(lam, np.where(low, -np.inf, 0.0), np.where(high, np.inf, 0.0))
        point, _ = sweep(self.customers, lam, self.engine)
        bound = self.limits.h(lam) + point.gain
        bound += 1e-13 * (abs(point.value) + float(np.abs(lam) @ np.abs(finite_limits(self.limits))))
        if bound < self.bound:
            self.bound, self.lam = bound, lam
            if len(self.state.open) == self.customers.n:
                self._recentre()
                return True
        return False

    def _bound_is_sharp(self) -> bool:
        return self.state.dual.gap < 0.1 * self.gap

    def _recentre(self) -> None:
        """Losses and choices at the new multipliers; only where every customer is open."""
        self.near = self._off_ties(self.lam)
        self.open = losses(self.customers, self.near)
        self.choice = np.where(self.open.best < self.customers.k, self.open.best, -1).astype(np.int64)
        self.used = used_units(self.customers, self.choice, self.rows)
        self.value = value_of(self.customers, self.choice)

    def _sharpen(self) -> None:
        """Another round on a core made at the present multipliers, with more time for CP-SAT."""
        second = self.open.second()
        who = smallest(second, 4 * max(SMALLEST_CORE, PER_ROW * self.limits.m))
        most = 4 * float(second[who][np.isfinite(second[who])].max(initial=0.0)) + 1e-12 * abs(self.bound)
        core, others = self._core(self.open, who, most, self.state.open)
        lp = solve_core(core)
        if lp is None:
            return
        self._keep(self._improved(core.with_y(rounded(core, lp)), others))

    def _close(self) -> None:
        """CP-SAT on every alternative that a better plan could use: proof, or a better plan and a smaller core."""
        self._round_bound()
        point, _ = sweep(self.customers, self.near, self.engine)
        there = self.limits.h(self.near) + point.gain
        slice_s, spent = 0.5, 0.0
        while not self._enough() and not self.over():
            if spent >= (LONG_PROOF_S if self._gap() > self.gap else SHORT_PROOF_S):
                return
            most = math.inf if self.plan is None else there - self.plan.value + 1e-12 * abs(there)
            near = self._near(most)
            if near is None:
                return
            if not len(near[1]):
                # Everyone's best is the only choice left: no plan is better than the one at hand, if there is one.
                self.bound = self.plan.value if self.plan else self.bound
                self.impossible = self.plan is None
                return
            core, others = self._core(*near, drop=False)
            if len(core.group) > LARGEST_PROOF:
                return
            cutoff = None if self.plan is None else self.plan.value - others - 1e-11 * abs(self.bound)
            answer = check(core, seed=self.seed, time_limit_s=slice_s, hint=False, cutoff=cutoff)
            if answer.status == "infeasible":
                self.impossible = self.plan is None
                if self.plan is not None:
                    self.bound = min(self.bound, self.plan.value)
                return
            spent += slice_s
            before = self.plan.value if self.plan else -math.inf
            if answer.y is not None:
                self._keep(core.with_y(answer.y))
            self.bound = max(min(self.bound, others + answer.bound), self.plan.value if self.plan else -math.inf)
            if self.plan is None or self.plan.value <= before:
                slice_s *= 3

    def _round_bound(self) -> None:
        if math.isfinite(self.bound):
            self.bound = max(round_bound(self.customers.value, self.bound), self.plan.value if self.plan else -math.inf)

    def _near(self, most_loss: float) -> tuple[Losses, NDArray[np.intp], float, NDArray[np.intp]] | None:
        """Everyone with a second alternative of at most `most_loss`; None where those are too many."""
        if len(self.state.open) == self.customers.n:
            who = np.flatnonzero(self.open.second() <= most_loss)
            return (self.open, who, most_loss, self.state.open) if len(who) <= LARGEST_PROOF else None
        parts: list[NDArray[np.intp]] = []
        for part, chunk in self.customers.chunks():
            parts.append(np.flatnonzero(losses(chunk, self.near).second() <= most_loss) + part.start)
            if sum(map(len, parts)) > LARGEST_PROOF:
                return None
        index = np.concatenate(parts)
        found = losses(self.customers.take(index), self.near)
        # The others stay at their best; so must these, before they are taken out of the sums.
        self.choice[index] = np.where(found.best < self.customers.k, found.best, -1)
        self.used = used_units(self.customers, self.choice, self.rows)
        self.value = value_of(self.customers, self.choice)
        return found, np.arange(len(index)), most_loss, index
