"""The dual, on samples that grow: each level's multipliers give the next one a box in which few customers can change.

A sample of some thousand customers gives λ to a few per cent. In a box of that width most of the next, larger
sample's customers have one best action throughout (`oracle.split`): their sums are constants there, and cutting
planes run on the others alone. The last level is everyone: two or three passes over the data in all.

The result does not rest on the sampling: g is convex, so a minimum inside the box is the minimum everywhere, and a
minimum on the box's face moves and widens the box; g(λ) bounds every plan whatever λ is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tools.budget.customers.boxes import Box, DualState, everyone_open, nested
from tools.budget.customers.data import Customers, Limits, Population
from tools.budget.customers.exact_rows import IntegerRow
from tools.budget.customers.kelley import Dual, faces, minimise
from tools.budget.customers.oracle import ArrayOracle, split, sweep
from tools.budget.customers.problem import Floats

FIRST = 4096
GROWTH, LARGEST_SAMPLE = 16, 1 << 20
"""Customers of the first sample, how much larger each next one is, and of the last at most."""
SPREAD, MOVED, WIDEST_SPREAD = 4.0, 1.5, 24.0
"""Half-width of a box, in units of λ / √(customers of the sample), and how it follows what λ did at the last level."""
PARTS, ERRORS = 16, 5.0
"""A streamed population's box: what λ differs by between so many parts of the largest sample, in standard errors.

What one sample's λ moved by says too little: of ten rows one is nearly always further off than three times that, and
another box is another pass over the files."""
ASTRAY, FINEST = 250, 5e-11
"""Customers who may be on the wrong side of λ at the end: more than the first cores can set right, and the plan stays
below the bound, however near λ is by its worth. The simplex' digits end at FINEST."""
FIRST_GAP, SAMPLE_GAP = 1e-4, 1e-6
"""What the samples are solved to: no more than their size is worth."""
FEW = 8192
NARROWER, NARROW_GAP, FACE_GAP = (8, 6, 4), 2e-5, 1e-6
"""With more customers open than FEW, a minimum to NARROW_GAP makes a box so many times narrower. A rough minimum on
the box's face may be the few planes' doing; at FACE_GAP it is taken for the truth."""
MOST_BOXES, SAMPLE_BOXES, PATIENT, WIDER = 14, 5, 6, 3.0
FREE_TIMES = 8.0 * 16**2
"""Boxes of the first sample up to this one are looked at whatever the time is."""
WIDEST = 1e9
"""The box of the first sample grows to this many times the scale of λ before the limits are held to conflict."""


def natural_box(limits: Limits, scale: Floats, times: float) -> tuple[Floats, Floats]:
    """λ_r ≥ 0 prices the upper limit, λ_r ≤ 0 the lower one; a side without a limit has price 0."""
    low = np.where(np.isfinite(limits.lower), -times * scale, 0.0)
    high = np.where(np.isfinite(limits.upper), times * scale, 0.0)
    return low, high


def scale_of(sample: Customers, limits: Limits) -> Floats:
    """(m,) the size of a multiplier that matters: value at stake per unit of usage at stake."""
    point, _ = sweep(sample, np.zeros(limits.m))
    spread = float(np.abs(sample.value).max(axis=1, initial=0.0).sum()) or 1.0
    limit = np.where(np.isfinite(limits.upper), np.abs(limits.upper), np.abs(limits.lower))
    most = np.array([largest_usage(sample, r) for r in range(limits.m)])
    usage = np.maximum(np.maximum(np.abs(point.usage), np.where(np.isfinite(limit), limit, 0)), most)
    scale: Floats = spread / np.where(usage > 0, usage, 1.0)
    return scale


def largest_usage(customers: Customers, row: int) -> float:
    if row == 0:
        return float(customers.cost.max(initial=0))
    for dense in customers.dense:
        if dense.index == row:
            return float(np.abs(dense.usage).max(initial=0.0))
    return 1.0


def solve_dual(
    customers: Population,
    limits: Limits,
    rows: Sequence[IntegerRow],
    *,
    seed: int,
    gap: float,
    engine: Any,
    start: Floats | None = None,
    over: Callable[[], bool] = lambda: False,
    seen: Callable[[Floats], None] = lambda _: None,
) -> DualState:
    """Minimise g over everyone.

    Args:
        rows: the limits in integer units, for the decided customers' exact sums.
        gap: of the last level; the samples are solved to what their size is worth.
        start: the multipliers of a similar problem (a frontier's neighbour), from which the first sample starts.
        seen: told the multipliers of each level, so that a solve that is stopped has something to go by.
    """
    near = np.zeros(limits.m) if start is None else start
    return _Levels(customers, limits, rows, seed, gap, engine, over, seen).run(near)


class _Levels:
    """The growing samples of one solve."""

    def __init__(
        self, customers: Population, limits: Limits, rows: Sequence[IntegerRow], seed: int, gap: float, engine: Any,
        over: Callable[[], bool], seen: Callable[[Floats], None],
    ) -> None:  # fmt: skip
        self.customers, self.limits, self.rows, self.gap = customers, limits, rows, gap
        self.engine, self.over, self.seen = engine, over, seen
        self.rng = np.random.default_rng(seed)
        self.scale = np.ones(limits.m)
        self.spread: Floats = np.full(limits.m, SPREAD)

    def run(self, near: Floats) -> DualState:
        sizes = _sizes(self.customers.n)
        sample, limits = self._level(sizes[0])
        self.scale = scale_of(sample, limits)
        if len(sizes) == 1:
            return everyone_open(sample, self._first(sample, limits, near, self.gap), self.scale)
        dual = self._first(sample, limits, near, FIRST_GAP)
        self.seen(dual.lam)
        for before, size in itertools.pairwise(sizes[:-1]):
            sample, limits = self._level(size)
            last, dual = dual, self._in_box(sample, limits, dual, before, SAMPLE_GAP, most=SAMPLE_BOXES).dual
            # How far each multiplier has moved tells how far it will: some rows have few customers at the margin.
            moved = np.abs(dual.lam - last.lam) * np.sqrt(before) / self._size(last)
            self.spread = np.clip(MOVED * moved, SPREAD, WIDEST_SPREAD)
            self.seen(dual.lam)
        if not isinstance(self.customers, Customers):
            self.spread = self._spread_between_parts(sample, dual)
        del sample
        gap = min(self.gap, max((ASTRAY / self.customers.n) ** 2 / 2, FINEST))
        return self._in_box(self.customers, self.limits, dual, sizes[-2], gap, most=MOST_BOXES)

    def _spread_between_parts(self, sample: Customers, dual: Dual) -> Floats:
        """(m,) the standard error of the sample's λ, seen in how its parts' λ differ; `ERRORS` of it as a spread."""
        parts = [sample.take(np.arange(p, sample.n, PARTS)) for p in range(PARTS)]
        found = []
        for part in parts:
            limits = self.limits.scaled(part.n / self.customers.n)
            found.append(self._in_box(part, limits, dual, part.n, SAMPLE_GAP, most=SAMPLE_BOXES).dual.lam)
        error = np.sqrt(((np.array(found) - dual.lam) ** 2).mean(axis=0) / PARTS)
        spread: Floats = np.maximum(ERRORS * error * np.sqrt(sample.n) / self._size(dual), SPREAD)
        return spread

    def _level(self, size: int) -> tuple[Customers, Limits]:
        n = self.customers.n
        if size >= n:
            return self.customers.take(np.arange(n)), self.limits
        sample = self.customers.sample(size, self.rng)
        return sample, self.limits.scaled(sample.n / n)

    def _first(self, customers: Customers, limits: Limits, lam: Floats, gap: float) -> Dual:
        """The first level: in a box that grows until it is not in the way."""
        oracle = ArrayOracle(customers, engine=self.engine)
        times = 8.0
        while True:
            low, high = natural_box(limits, self.scale, times)
            # Some thousand customers: a few hundredths of a second, without which there would be nothing to go by.
            over = self.over if times > FREE_TIMES or customers.n > 2 * FIRST else _never
            dual = minimise(oracle, limits, lam, low, high, scale=self.scale, gap=gap, over=over)
            on_face = faces(dual.pull, dual.bound, limits, low, high, self.scale).any()
            if not on_face or times >= WIDEST or over():
                return dual
            times, lam = times * 16, dual.lam

    def _in_box(
        self, customers: Population, limits: Limits, near: Dual, sample: int, gap: float, *, most: int
    ) -> DualState:
        """The minimum around `near`: split, cut, and move and widen the box while its face is in the way."""
        natural = natural_box(limits, np.ones(limits.m), np.inf)
        lam = near.lam
        # The sampling error of λ, 0 for idle rows.
        width = np.where(near.idle, 0.0, self.spread / np.sqrt(max(sample, 1)) * self._size(near))
        for attempt in range(most):
            box = Box.around(lam, width, natural)
            state = self._narrow(customers, limits, lam, box, gap, patient=attempt < min(PATIENT, most - 1))
            if state.finished or self.over():
                break
            dual = state.dual
            held = faces(dual.pull, dual.bound, limits, box.low, box.high, self.scale, dual.gap)
            lam = state.lam
            width = np.where(held, np.where(width > 0, WIDER * width, 1e-2 * self.scale), width)
        return state

    def _size(self, near: Dual) -> Floats:
        """(m,) of a multiplier; a share of its scale for rows that all but bind."""
        size: Floats = np.maximum(np.abs(near.lam), 0.05 * self.scale)
        return size

    def _narrow(
        self, customers: Population, limits: Limits, lam: Floats, box: Box, gap: float, *, patient: bool
    ) -> DualState:
        """The minimum in the box. While many customers are open, a rough minimum makes a smaller box around it."""
        state = self._split(customers, limits, box, lam)
        if state.open_customers.n > FEW and not self.over():
            rough = self._minimise(state, limits, box, lam, FACE_GAP, NARROW_GAP)
            if self._on_face(rough, limits, box):
                if patient:
                    return replace(state, dual=rough)  # the box moves before more is spent in it
            elif (found := self._inside(state, limits, box, rough.lam, gap)) is not None:
                return found
            lam = rough.lam
        dual = self._minimise(state, limits, box, lam, gap)
        return replace(state, dual=dual, finished=not self._on_face(dual, limits, box))

    def _inside(self, state: DualState, limits: Limits, box: Box, lam: Floats, gap: float) -> DualState | None:
        """The minimum in a narrower box around `lam`, which moves and grows a few times; None if that saves nothing."""
        for narrower in NARROWER:
            inner = Box.around(lam, box.half / narrower, (box.low, box.high))
            inside = nested(state, self._split(state.open_customers, limits, inner, lam))
            if inside.open_customers.n > 0.7 * state.open_customers.n:
                return None
            dual = self._minimise(inside, limits, inner, lam, gap)
            if not self._on_face(dual, limits, inner):
                return replace(inside, dual=dual, finished=True)
            lam = dual.lam
        return None

    def _on_face(self, dual: Dual, limits: Limits, box: Box) -> bool:
        return bool(faces(dual.pull, dual.bound, limits, box.low, box.high, self.scale, dual.gap).any())

    def _split(self, customers: Population, limits: Limits, box: Box, lam: Floats) -> DualState:
        found = split(customers, box.middle, box.half * (1 + 1e-9), self.engine, self.rows)
        unsolved = Dual(lam, np.inf, -np.inf, np.zeros(limits.m), np.zeros(limits.m, dtype=np.bool_), 0)
        return DualState(
            unsolved, self.scale, found.undecided, found.open_customers, found.decided, found.units, found.choice,
            False, box.low, box.high,
        )  # fmt: skip

    def _minimise(
        self, state: DualState, limits: Limits, box: Box, lam: Floats, gap: float, inside: float = 0.0
    ) -> Dual:
        oracle = ArrayOracle(state.open_customers, engine=self.engine)
        start = np.clip(lam, box.low, box.high)
        return minimise(
            oracle, limits, start, box.low, box.high, scale=self.scale, gap=gap, apart=state.decided, inside=inside,
            over=self.over,
        )  # fmt: skip


def _never() -> bool:
    return False


def _sizes(n: int) -> list[int]:
    sizes = []
    size = FIRST
    while size * 2 < n and size <= LARGEST_SAMPLE:
        sizes.append(size)
        size *= GROWTH
    return [*sizes, n]
