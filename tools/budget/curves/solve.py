"""`solve_curves`: the Lagrangian's plan polished, its bound tightened by splitting the range of S-shaped channels.

The dual's bound is that of the curves' concave hulls. With many channels it is nearly the optimum; with few the hull
of one channel counts. So the channel that hesitates between little and much is told to take at most t in one half
and at least t in the other, the half of larger bound first (branch and bound), until the gap is what was asked for.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass

import numpy as np

from tools.budget.curves.grid import CurveRules, solve_grid
from tools.budget.curves.oracle import CurveDual, Region, dual
from tools.budget.curves.polish import Spend, cut_to_limits, polished
from tools.budget.curves.problem import CurveProblem, Curves
from tools.budget.customers.clock import Clock
from tools.budget.customers.problem import Bools, Floats
from tools.budget.customers.result import relative_gap
from tools.budget.types import SolveStatus

MOST_PARTS = 400
SURE, DOUBT = 1e-9, 1e-3
SHARE = 0.02
"""A split leaves each half at least this part of the range between the two candidates."""


@dataclass(frozen=True)
class CurveAllocation:
    """`spend_minor` by the curve's name. `objective` in minor units of margin; `bound` holds for every plan.

    `shadow_price`: margin that one more minor unit of budget brings at the dual's optimum. `status` is `optimal`
    where the gap asked for is reached, `infeasible` where the minima do not fit the limits.
    """

    spend_minor: dict[str, int]
    status: SolveStatus
    objective: float
    bound: float
    gap: float
    shadow_price: float
    seconds: float


def solve_curves(
    problem: CurveProblem, *, rules: CurveRules | None = None, gap: float = 1e-4, seed: int = 0,
    time_limit_s: float = 10.0,
) -> CurveAllocation:  # fmt: skip
    """The best spend on each channel.

    Args:
        rules: what only integers express; the exact grid model then decides which channels are used, and the bound is
            the one without the rules.
        gap: (bound − objective) / max(1, |bound|) that is good enough.
        time_limit_s: wall time after which the best plan so far is returned with its bound.
    """
    one = _Solve(problem, gap, Clock(time_limit_s))
    if not one.curves.n:
        return one.answer()
    one.run(most_parts=MOST_PARTS if rules is None else 1)
    if rules is None or one.plan is None:
        return one.answer()
    used = solve_grid(problem, rules, seed=seed, time_limit_s=time_limit_s)
    if used is None:
        one.plan = None
        return one.answer()
    ruled = _Solve(problem, gap, one.clock, used)
    ruled.run(most_parts=MOST_PARTS)
    ruled.bound = one.bound
    return ruled.answer()


class _Solve:
    def __init__(self, problem: CurveProblem, gap: float, clock: Clock, region: Region | None = None) -> None:
        self.problem, self.gap, self.clock = problem, gap, clock
        self.curves = Curves(problem)
        self.region = region or Region(self.curves.low, self.curves.high)
        self.plan: Spend | None = None
        self.tried: set[bytes] = set()
        self.value = self.bound = 0.0
        self.lam: Floats = np.zeros(len(self.curves.limit))

    def run(self, most_parts: int) -> None:
        root = self._part(self.region, self.lam)
        self.lam, self.bound = root.lam, root.bound
        order = itertools.count()
        parts = [(-root.bound, next(order), self.region, root)]
        done = 0
        while parts and self.plan is not None:
            self.bound = max(-parts[0][0], self.value)
            if done >= most_parts or self.clock.over() or self._close(self.bound):
                return
            region, found = parts[0][2:]
            halves = self._halves(region, found)
            if not halves:
                return  # its bound stands: no channel hesitates, or by less than a minor unit
            heapq.heappop(parts)
            for half in halves:
                part = self._part(half, found.lam)
                done += 1
                if not self._close(part.bound):
                    heapq.heappush(parts, (-part.bound, next(order), half, part))
        if self.plan is not None:
            # Every part that was dropped is within the gap of the plan.
            self.bound = max(self.value, min(self.bound, self.value + self.gap * max(1.0, abs(self.value))))

    def _close(self, bound: float) -> bool:
        return relative_gap(bound, self.value) <= self.gap

    def _part(self, region: Region, start: Floats) -> CurveDual:
        """A part's bound, and the plans made of it: the channels it uses, without and with the one that hesitates."""
        found = dual(self.curves, region, start, self.gap / 10)
        if self.plan is not None and self._close(found.bound):
            return found  # no plan in this part is better
        best = found.best
        lead = (best.far_gain - best.near_gain) / self.curves.top
        order = np.argsort(np.abs(lead))
        sure = lead > SURE
        for with_it in (False, True):
            used = sure.copy()
            used[order[0]] = with_it
            if used.tobytes() not in self.tried:
                self.tried.add(used.tobytes())
                self._try(region, used, found.lam)
        return found

    def _try(self, region: Region, used: Bools, start: Floats) -> None:
        """The best spend where exactly these channels are on their concave part: a problem without a gap."""
        curves = self.curves
        on = np.clip(curves.inflection, region.low, region.high)
        own = Region(np.where(used, on, region.low), np.where(used, region.high, region.low))
        if (curves.member @ np.ceil(own.low) > curves.limit).any():
            own = Region(region.low, own.high)
        spend = cut_to_limits(curves, own, dual(curves, own, start, self.gap / 100).best.x)
        if spend is None:
            return
        spend = polished(curves, self.region, spend)
        value = float(curves.value(spend.astype(np.float64)).sum())
        if self.plan is None or value > self.value:
            self.plan, self.value = spend, value

    def _halves(self, region: Region, found: CurveDual) -> list[Region]:
        """The range of the channel whose hull is farthest above its curve, split where the limits would put it.

        None where no channel hesitates between two spends more than a minor unit apart.
        """
        best, curves = found.best, self.curves
        low, far = region.low, np.minimum(best.far, region.high)
        rooms = curves.limit[:, None] - (curves.member @ best.x)[:, None] + best.x
        priced = (curves.member > 0) & (found.lam[:, None] > 0)
        room = np.where(priced, rooms, np.inf).min(axis=0, initial=np.inf)
        t = np.floor(np.clip(room, low + SHARE * (far - low), far - SHARE * (far - low)))
        part = (t - low) / np.maximum(far - low, 1.0)
        hull = (1 - part) * curves.value(low) + part * curves.value(far) - curves.value(t)
        doubt = np.abs(best.far_gain - best.near_gain) / curves.top
        splits = (low < curves.inflection) & (far - low > 1) & (hull > 0)
        if not splits.any():
            return []
        i = int(np.where(splits, np.where(doubt < DOUBT, hull / curves.top.sum(), -doubt), -np.inf).argmax())
        left, right = region.high.copy(), region.low.copy()
        left[i], right[i] = t[i], min(t[i] + 1, region.high[i])
        return [Region(region.low, left), Region(right, region.high)]

    def answer(self) -> CurveAllocation:
        names = [c.name for c in self.problem.curves]
        if self.plan is None and names:
            nothing = dict.fromkeys(names, 0)
            return CurveAllocation(
                nothing, "infeasible", -np.inf, -np.inf, np.inf, 0.0, self.clock.seconds
            )  # fmt: skip
        spend = [] if self.plan is None else [int(x) for x in self.plan]
        bound = max(self.bound, self.value)
        gap = relative_gap(bound, self.value)
        return CurveAllocation(
            spend_minor=dict(zip(names, spend, strict=True)),
            status="optimal" if gap <= self.gap else "feasible",
            objective=self.value,
            bound=bound,
            gap=gap,
            shadow_price=float(self.lam[0]),
            seconds=self.clock.seconds,
        )
