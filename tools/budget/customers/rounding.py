"""What is known while a dual's minimum is made into a plan of whole customers, and the ways to better a core.

`Rounding` holds the plan as it improves: `plan` keeps every limit (None before the first), `bound` holds for all.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.boxes import DualState
from tools.budget.customers.check import check
from tools.budget.customers.clock import Clock
from tools.budget.customers.core import Core, Losses, build_core, losses
from tools.budget.customers.counts import Plan, finite_limits, value_of
from tools.budget.customers.data import Customers, Limits, Population
from tools.budget.customers.exact_rows import IntegerRow
from tools.budget.customers.meet import meet
from tools.budget.customers.oracle import COMPILE_FROM, Point, passes, sweep, tally
from tools.budget.customers.problem import Floats, Ints
from tools.budget.customers.search import improve

LARGEST_PROOF = 150_000
"""Alternatives that CP-SAT is given."""
NEARLY = 0.99
"""The part of the gap asked for at which better plans are no longer looked for."""
LARGEST_TWIN, FEW_ROUNDS = 20_000, 3
"""Sets that `meet` lists of each half, and its rounds, at most where nothing is compiled."""
REACH = 64.0
"""While no plan is known, one is looked for within so many times the gap asked for."""
TIE_STEP = 1e-8
PROVEN = 1e-9
"""A gap below this is the arithmetic's: the plan is called optimal."""


class Rounding:
    """The state of one rounding.

    Args:
        rows: the limits in integer units.
        gap: relative; enough is enough.
        prove: go on to gap 0 where that can be (small problems).
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
        self.impossible = False
        self.choice = state.choice
        self.there: float | None = None
        """g at `near`, once it is needed."""
        self._centre()
        # The bound is a float sum of n terms; this is more than its rounding.
        self.bound += 1e-13 * (abs(self.value) + float(np.abs(self.lam) @ np.abs(finite_limits(limits))))

    def _centre(self) -> None:
        """Losses and choices of the open customers at the present multipliers, and everyone's sums."""
        self.there = None
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

    def _improved(self, core: Core, others: float) -> Core:
        enough = self.bound - others - 0.1 * self.gap * abs(self.bound)
        pair = self.engine if hasattr(self.engine, "best_pair") else None
        for stiff in (1.0, 1e3, 1e6):
            core = improve(core, self._penalty(core, stiff), enough=enough, engine=pair, over=self.clock.over)
            if core.feasible:
                break
        return core

    def _at(self, lam: Floats) -> Point:
        """Everyone's sums at λ: in the last box from those open there, else a pass over all."""
        if self.state.holds(lam):
            return self.state.point(lam, self.engine)
        return sweep(self.customers, lam, self.engine)[0]

    def worth_at(self, lam: Floats) -> float:
        """g(λ); infinite where that would take another pass over files."""
        if not isinstance(self.customers, Customers) and not self.state.holds(lam):
            return math.inf
        return self.limits.h(lam) + self._at(lam).gain

    def _there(self) -> float:
        """g where the losses were taken."""
        if self.there is None:
            self.there = self.limits.h(self.near) + self._at(self.near).gain
        return self.there

    def _meet(self, core: Core, others: float, sizes: tuple[int, ...], deal: int = 0) -> bool:
        """Sets of moves met in the middle; whether that has proven that the core holds no better plan.

        Args:
            deal: another number deals the customers into other halves.
        """
        engine = self.engine if max(sizes) <= LARGEST_TWIN else passes(COMPILE_FROM)
        compiled = engine if hasattr(engine, "join") else None
        if compiled is None:
            sizes = tuple(min(size, LARGEST_TWIN) for size in sizes[:FEW_ROUNDS])
        goal = PROVEN / 100 if self.prove else NEARLY * self.gap
        met = meet(
            core, np.array([float(self.near[r.index]) / float(r.scale.factor) for r in self.rows]),
            self._there() - others, reach=REACH * self.gap * abs(self.bound),
            enough=self.bound - others - goal * abs(self.bound), seed=self.seed + deal, sizes=sizes, engine=compiled,
            left=self.clock.left,
        )  # fmt: skip
        self._keep(met.core, others)
        return met.proven

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
