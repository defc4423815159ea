"""From the dual's minimum to a plan of whole customers: core, LP corner, local search, CP-SAT, proof.

`Rounder` holds the plan as it improves: `plan` keeps every limit (None before the first), `bound` holds for all.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.check import check
from tools.budget.customers.clock import Clock
from tools.budget.customers.core import Core, Losses, build_core, losses
from tools.budget.customers.corelp import CoreLp, rounded, solve_core
from tools.budget.customers.counts import Plan, finite_limits, round_bound, smallest, value_of
from tools.budget.customers.data import Customers, Limits, Population
from tools.budget.customers.dual import DualState
from tools.budget.customers.exact_rows import IntegerRow
from tools.budget.customers.oracle import sweep, tally
from tools.budget.customers.prices import Corner
from tools.budget.customers.problem import Floats, Ints
from tools.budget.customers.search import improve, kicked

SMALLEST_CORE, PER_ROW = 256, 48
"""Customers of the first core."""
LARGEST_CORE = 16_384
LARGEST_PROOF, LARGEST_TRY = 150_000, 4_000
"""Alternatives that CP-SAT is given to prove, and to improve where a proof is not asked for."""
LONG_PROOF_S, SHORT_PROOF_S = 60.0, 1.5
"""CP-SAT's time (its deterministic clock) where the gap asked for is not reached yet, and where it is."""
KICKS, FEW_KICKS, NEARLY = 20, 3, 0.99
"""Starts of local search, compiled and not, and the part of the gap asked for at which they end."""
TIE_STEP = 1e-8
SHORTFALL = 0.1
"""What part of the gap the core's LP may stay below the dual; further, and the core is taken larger."""
PROVEN = 1e-9
"""A gap below this is the arithmetic's: the plan is called optimal."""


class Rounder:
    """One rounding.

    Args:
        rows: the limits in integer units.
        gap: relative; enough is enough.
        prove: go on to gap 0 where CP-SAT can (small problems).
    """

    def __init__(
        self, customers: Population, limits: Limits, rows: list[IntegerRow], state: DualState, *, gap: float,
        prove: bool, seed: int, engine: Any, clock: Clock,
    ) -> None:  # fmt: skip
        self.customers, self.limits, self.rows, self.state = customers, limits, rows, state
        self.gap, self.prove, self.seed, self.engine, self.clock = gap, prove, seed, engine, clock
        self.low: Ints = np.array([r.low for r in rows], dtype=np.int64)
        self.high: Ints = np.array([r.high for r in rows], dtype=np.int64)
        self.lam = state.lam
        self.bound = state.dual.bound
        self.plan: Plan | None = None
        self.corner: Corner | None = None
        self.impossible = False
        self.choice = state.choice.copy()
        self._centre()
        # The bound is a float sum of n terms; this is more than its rounding.
        self.bound += 1e-13 * (abs(self.value) + float(np.abs(self.lam) @ np.abs(finite_limits(limits))))

    def _centre(self) -> None:
        """Losses and choices of the open customers at the present multipliers, and everyone's sums."""
        self.near = self._off_ties(self.lam)
        self.open = losses(self.state.open_customers, self.near)
        own = self.open.choice
        self.choice[self.state.open] = own
        sums = tally(self.state.open_customers, own, self.rows, self.engine)
        self.used = self.state.units + sums.units
        self.value = math.fsum([self.state.decided.value, sums.value])

    def offer(self, action: NDArray[np.int16]) -> None:
        """A plan from elsewhere: kept if it keeps every limit and is better."""
        sums = tally(self.customers, action, self.rows, self.engine)
        if (sums.units <= self.high).all() and (sums.units >= self.low).all():
            self._take(Plan(action, sums.value, sums.units))

    def run(self) -> None:
        self._search()
        if not self._enough() and not self.clock.over():
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

    def _room(self, found: Losses, who: NDArray[np.intp], index: NDArray[np.intp]) -> tuple[Ints, Ints, float]:
        """What the limits leave to these customers (positions in `found`), and the others' value."""
        own = tally(found.customers.take(who), self.choice[index[who]], self.rows, self.engine)
        others = self.used - own.units
        return self.low - others, self.high - others, math.fsum([self.value, -own.value])

    def _core(
        self, found: Losses, who: NDArray[np.intp], most_loss: float, index: NDArray[np.intp], *, drop: bool = True
    ) -> tuple[Core, float]:
        low, high, others = self._room(found, who, index)
        return build_core(found, who, most_loss, self.rows, (low, high), index, keep_no_contact=drop), others

    def _search(self) -> None:
        """The LP's corner on a core of the nearest customers, rounded, then local search; CP-SAT where that fails."""
        second = self.open.second()
        size = max(SMALLEST_CORE, PER_ROW * self.limits.m)
        short = PROVEN if self.prove else SHORTFALL * self.gap
        while True:
            who, most = self._nearest(second, size)
            core, others = self._core(self.open, who, most, self.state.open)
            lp = solve_core(core)
            whole = len(who) == len(second) or len(who) >= LARGEST_CORE or self.clock.over()
            if lp is not None and (whole or others + lp.value >= self.bound - short * abs(self.bound)):
                break
            if whole:
                break
            size *= 4
        if lp is not None and self._take_prices(lp):
            core, others = self._core(self.open, who, most, self.state.open)
            lp = solve_core(core)
        if lp is not None:
            self.corner = Corner(core, lp)
            core = core.with_y(rounded(core, lp))
        core = self._improved(core, others)
        self._keep(core, others)
        if not self._enough():
            core = self._checked(core) if self.prove or not core.feasible else self._kicked(core, others)
            self._keep(core, others)

    def _nearest(self, second: Floats, size: int) -> tuple[NDArray[np.intp], float]:
        """The open customers (positions) with the smallest second losses, and the largest loss to look at."""
        who = smallest(second, size)
        most = 4 * float(second[who][np.isfinite(second[who])].max(initial=0.0))
        return who, most + 1e-12 * abs(self.bound)

    def _improved(self, core: Core, others: float) -> Core:
        enough = self.bound - others - 0.1 * self.gap * abs(self.bound)
        pair = self.engine if hasattr(self.engine, "best_pair") else None
        for stiff in (1.0, 1e3, 1e6):
            core = improve(core, self._penalty(core, stiff), enough=enough, engine=pair, over=self.clock.over)
            if core.feasible:
                break
        return core

    def _kicked(self, core: Core, others: float) -> Core:
        enough = self.bound - others - NEARLY * self.gap * abs(self.bound)
        pair, penalty = self.engine if hasattr(self.engine, "best_pair") else None, self._penalty(core, 1.0)
        many = KICKS if pair else FEW_KICKS
        return kicked(core, penalty, enough=enough, seed=self.seed, kicks=many, engine=pair, over=self.clock.over)

    def _penalty(self, core: Core, stiff: float) -> Floats:
        """Merit lost per integer unit beyond a limit: twice the multiplier, and enough that no value outweighs it."""
        most = np.maximum(np.abs(core.usage).max(axis=0, initial=0), 1)
        worth = 4 * float(np.abs(core.value).max(initial=0.0)) / most
        price = np.array([abs(float(self.lam[r.index])) / float(r.scale.factor) for r in self.rows])
        return np.asarray(stiff * (2 * price + worth), dtype=np.float64)

    def _checked(self, core: Core) -> Core:
        if len(core.group) > LARGEST_PROOF or self.clock.over():
            return core
        answer = check(core, seed=self.seed, time_limit_s=0.3, wall_s=self.clock.left(), hint=core.feasible)
        if answer.y is not None and (not core.feasible or float(core.value @ answer.y) > core.total):
            return core.with_y(answer.y)
        return core

    def _keep(self, core: Core, others: float) -> None:
        """The plan with this core, if it keeps every limit and is better. `others`: what the rest is worth."""
        value = math.fsum([others, core.total])
        if not core.feasible or (self.plan is not None and value <= self.plan.value and not self.prove):
            return
        action = self.choice.copy()
        who, what = core.choices()
        action[who] = what
        units: Ints = core.used + (self.low - core.room_low)
        self._take(Plan(action, value_of(self.customers, action) if self.prove else value, units))

    def _take(self, plan: Plan) -> None:
        if self.plan is None or plan.value > self.plan.value:
            self.plan = plan

    def _take_prices(self, lp: CoreLp) -> bool:
        """The core LP's multipliers, if their bound is better: exact where cutting planes have stopped short.

        True where losses and choices have been made anew.
        """
        if len(self.state.open) < self.customers.n and self.state.dual.gap < 0.1 * self.gap:
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
                self._centre()
                return True
        return False

    def _sharpen(self) -> None:
        """Another round on a core made at the present multipliers, with more time for CP-SAT."""
        second = self.open.second()
        who, most = self._nearest(second, 4 * max(SMALLEST_CORE, PER_ROW * self.limits.m))
        core, others = self._core(self.open, who, most, self.state.open)
        lp = solve_core(core)
        if lp is None:
            return
        core = self._improved(core.with_y(rounded(core, lp)), others)
        self._keep(core if self.prove or not core.feasible else self._kicked(core, others), others)

    def _close(self) -> None:
        """CP-SAT on every alternative that a better plan could use: proof, or a better plan and a smaller core."""
        self._round_bound()
        point, _ = sweep(self.customers, self.near, self.engine)
        there = self.limits.h(self.near) + point.gain
        slice_s, spent = 0.5, 0.0
        while not self._enough() and not self.clock.over():
            if spent >= (LONG_PROOF_S if self._gap() > self.gap and self._needed() else SHORT_PROOF_S):
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
            if len(core.group) > (LARGEST_PROOF if self._needed() else LARGEST_TRY):
                return
            cutoff = None if self.plan is None else self.plan.value - others - 1e-11 * abs(self.bound)
            left = self.clock.left()
            answer = check(core, seed=self.seed, time_limit_s=slice_s, wall_s=left, hint=False, cutoff=cutoff)
            if answer.status == "infeasible":
                self.impossible = self.plan is None
                if self.plan is not None:
                    self.bound = min(self.bound, self.plan.value)
                return
            spent += slice_s
            before = self.plan.value if self.plan else -math.inf
            if answer.y is not None:
                self._keep(core.with_y(answer.y), others)
            self.bound = max(min(self.bound, others + answer.bound), self.plan.value if self.plan else -math.inf)
            if self.plan is None or self.plan.value <= before:
                slice_s *= 3

    def _needed(self) -> bool:
        """Whether CP-SAT is the last resort: no plan is known yet, or a proof is asked for."""
        return self.prove or self.plan is None

    def _round_bound(self) -> None:
        if math.isfinite(self.bound) and isinstance(self.customers, Customers):
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
        self.choice[index] = found.choice
        sums = tally(self.customers, self.choice, self.rows, self.engine)
        self.used, self.value = sums.units, sums.value
        return found, np.arange(len(index)), most_loss, index
