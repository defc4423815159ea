"""From the dual's minimum to a plan of whole customers: core, LP corner, local search, sets that meet, CP-SAT."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.check import check
from tools.budget.customers.core import Core, Losses, losses
from tools.budget.customers.corelp import CoreLp, rounded, solve_core
from tools.budget.customers.counts import finite_limits, round_bound, smallest
from tools.budget.customers.data import Customers
from tools.budget.customers.oracle import tally
from tools.budget.customers.prices import Corner
from tools.budget.customers.problem import Floats
from tools.budget.customers.rounding import LARGEST_PROOF, PROVEN, Rounding

SMALLEST_CORE, PER_ROW = 256, 48
"""Customers of the first core."""
LARGEST_CORE = 16_384
LARGEST_TRY = 4_000
"""Alternatives that CP-SAT is given to improve where a proof is not asked for."""
FIRST_SIZES = (8_000, 20_000)
SIZES = (20_000, 80_000, 80_000, 320_000, 320_000, 1_280_000, 1_280_000, 1_280_000)
"""Sets that `meet` lists of each half, round by round: of the first core, and of all that a better plan could use."""
STEPS: tuple[tuple[float, tuple[int, ...]], ...] = (
    (0.1, (20_000,)), (0.5, (80_000, 80_000)), (1.5, (320_000, 320_000)), (4.5, (1_280_000,)), (13.5, ()),
)  # fmt: skip
"""Where a proof is asked for or no plan is known: CP-SAT's time (its deterministic clock), then what `meet` lists.

The one is done in no time with what takes the other a minute, and nobody knows which beforehand."""
SHORT_PROOF_S, SHORT_STEPS = 1.5, 2
"""CP-SAT's time where the gap asked for is not reached by sets that meet, and the steps made where it is."""
MANY = 8_000
"""Customers that a better plan could move, above which those nearest to it are looked at first."""
SHORTFALL = 0.1
"""What part of the gap the core's LP may stay below the dual; further, and the core is taken larger."""


class Rounder(Rounding):
    """One rounding, step by step."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.corner: Corner | None = None

    def run(self) -> None:
        self._search()
        if not self._enough() and not self.clock.over():
            if self.plan is None or np.count_nonzero(self.open.second() <= self._there() - self.plan.value) > MANY:
                self._sharpen()
            self._close()

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
        if not self._enough() and not self.prove:
            self._meet(core, others, FIRST_SIZES)
        if self.plan is None or (self.prove and not self._enough()):
            self._keep(self._checked(core), others)

    def _nearest(self, second: Floats, size: int) -> tuple[NDArray[np.intp], float]:
        """The open customers (positions) with the smallest second losses, and the largest loss to look at."""
        who = smallest(second, size)
        most = 4 * float(second[who][np.isfinite(second[who])].max(initial=0.0))
        return who, most + 1e-12 * abs(self.bound)

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
        if not isinstance(self.customers, Customers) and not self.state.holds(lam):
            return False
        point = self._at(lam)
        bound = self.limits.h(lam) + point.gain
        bound += 1e-13 * (abs(point.value) + float(np.abs(lam) @ np.abs(finite_limits(self.limits))))
        if bound < self.bound:
            self.bound, self.lam = bound, lam
            if len(self.state.open) == self.customers.n:
                self._centre()
                return True
        return False

    def _sharpen(self) -> None:
        """Another round on a larger core made at the present multipliers, of fewer alternatives for each."""
        second = self.open.second()
        who, most = self._nearest(second, 4 * max(SMALLEST_CORE, PER_ROW * self.limits.m))
        core, others = self._core(self.open, who, most / 4, self.state.open, drop=self.plan is None)
        lp = solve_core(core)
        if lp is None:
            return
        core = self._improved(core.with_y(rounded(core, lp)), others)
        self._keep(core, others)
        self._meet(core, others, SIZES)

    def _close(self) -> None:
        """Every alternative that a better plan could use: proof, or a better plan and a smaller core."""
        self._round_bound()
        for step, (slice_s, sizes) in enumerate(STEPS):
            if self._done(step) or (self._needed() and not self._by_cpsat(slice_s)):
                return
            if self._done(step) or not self._by_sets(sizes if self._needed() else SIZES, step):
                return
            if not self._needed():  # a plan, though not near enough yet: sets that meet have been tried
                if not self._enough():
                    self._by_cpsat(SHORT_PROOF_S)
                return

    def _done(self, step: int) -> bool:
        """Nothing is left to do, or not worth further steps: the arithmetic alone is between plan and bound."""
        if self._enough() or self.clock.over():
            return True
        return self._as_good_as_proven() and step >= SHORT_STEPS

    def _as_good_as_proven(self) -> bool:
        """The arithmetic alone is between plan and bound."""
        return self.plan is not None and self.bound - self.plan.value <= PROVEN * max(1e-12, abs(self.bound))

    def _by_cpsat(self, slice_s: float) -> bool:
        """A try by CP-SAT; False where nothing is left to try."""
        found = self._near_core()
        if found is None:
            return False
        core, others = found
        if not len(core.count):  # everyone's best is the only choice left
            self._proven_best()
            return False
        if not self._needed() and len(core.group) > LARGEST_TRY:
            return True
        return not self._settled(core, others, slice_s)

    def _by_sets(self, sizes: tuple[int, ...], step: int) -> bool:
        """A try by sets that meet in the middle; False where nothing is left to try."""
        if self.plan is None or not sizes:
            return True
        found = self._near_core()
        if found is None:
            return False
        core, others = found
        if not len(core.count) or self._meet(core.with_y(core.of(self.plan.action)), others, sizes, step):
            self._proven_best()
            return False
        return True

    def _near_core(self) -> tuple[Core, float] | None:
        """The core of all alternatives that a better plan could use; None where they are too many."""
        left = self._there() - self._worth()
        near = self._near(left + 1e-12 * abs(self._there()))
        if near is None:
            return None
        found = self._core(*near, drop=False)
        return found if len(found[0].group) <= LARGEST_PROOF else None

    def _worth(self) -> float:
        return self.plan.value if self.plan else -math.inf

    def _settled(self, core: Core, others: float, slice_s: float) -> bool:
        """CP-SAT on the core for so long: a better plan, a lower bound. Whether the optimum is proven.

        What is left between the two then is the rounding of values that are no short decimals; where that is more than
        the arithmetic's (values of 1e9 beside 1e-9), sets that meet go on.
        """
        cutoff = None if self.plan is None else self.plan.value - others - 1e-11 * abs(self.bound)
        left = self.clock.left()
        answer = check(core, seed=self.seed, time_limit_s=slice_s, wall_s=left, hint=False, cutoff=cutoff)
        if answer.status == "infeasible":
            self._proven_best()
            return True
        if answer.y is not None:
            self._keep(core.with_y(answer.y), others)
        self.bound = max(min(self.bound, others + answer.bound), self._worth())
        return answer.status == "optimal" and self._as_good_as_proven()

    def _proven_best(self) -> None:
        """No plan is better than the one at hand; where there is none, there is none at all."""
        self.impossible = self.plan is None
        if self.plan is not None:
            self.bound = min(self.bound, self.plan.value)

    def _needed(self) -> bool:
        """Whether CP-SAT is the last resort: no plan is known yet, or a proof is asked for."""
        return self.prove or self.plan is None

    def _round_bound(self) -> None:
        if math.isfinite(self.bound) and isinstance(self.customers, Customers):
            self.bound = max(round_bound(self.customers.value, self.bound), self._worth())

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
