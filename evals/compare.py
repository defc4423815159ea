"""`compare A B`: what got better, what got worse, and whether the difference is real. B is the candidate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from evals.results import Row, Run
from evals.stats import Difference, Estimate, detectable, difference, estimate, holm, mcnemar
from tools.failure import ToolFailure

PASSED = 1.0


@dataclass(frozen=True)
class Entry:
    """One metric of a task, over all cases (`slice` null) or over one slice. Scores in [0, 1]; differences B − A."""

    task: str
    metric: str
    slice: str | None
    a: Estimate
    b: Estimate
    difference: Difference
    fixed: int
    """Cases that did not pass and do."""
    broken: int
    mcnemar_p: float | None
    """Null where the score is not pass or fail."""
    adjusted_p: float | None
    """Holm over the slices of this metric; for the whole task the p-value itself."""
    detectable: float | None
    unscored: int
    """Cases that one side has a verdict for and the other has not."""


@dataclass(frozen=True)
class Moved:
    """A case that one side passes and the other does not, both outputs side by side."""

    task: str
    metric: str
    case_id: str
    slice: str
    a: Row
    b: Row


@dataclass(frozen=True)
class Spent:
    """`seconds` are the cases' own, `latency` those of the model's calls, summed; `cost` in the prices' currency."""

    calls: int
    cached: int
    tokens: int
    cost: float
    latency: float
    seconds: float


@dataclass(frozen=True)
class Changed:
    """A prompt that is not the same in both, by its hashes (empty: it was not there)."""

    prompt_id: str
    a: str
    b: str
    asked: int
    """Rows of B in which a model was asked in a task that rests on it; of 0 nothing can be read about the change."""


@dataclass(frozen=True)
class Comparison:
    a: str
    b: str
    entries: tuple[Entry, ...]
    fixed: tuple[Moved, ...]
    broken: tuple[Moved, ...]
    spent_a: Spent
    spent_b: Spent
    prompts: tuple[Changed, ...]

    def entry(self, task: str, metric: str) -> Entry | None:
        return next((e for e in self.entries if (e.task, e.metric, e.slice) == (task, metric, None)), None)


def compare(a: Run, b: Run, *, seed: int = 0, slices: bool = True) -> Comparison:
    """Pair the two runs by case and epoch.

    Args:
        seed: of the resampling.
        slices: entries of each slice too, which take most of the time.

    Raises:
        ToolFailure: `other_data`, with the task whose cases or epochs are not the same in both.
    """
    entries: list[Entry] = []
    fixed: list[Moved] = []
    broken: list[Moved] = []
    for name in _shared(a, b):
        pairs = _pairs(a, b, name)
        for metric in sorted({metric for pair in pairs for metric in pair[0].scores}):
            entries += _entries(name, metric, pairs, seed, slices=slices)
            fixed += _moved(name, metric, pairs, up=True)
            broken += _moved(name, metric, pairs, up=False)
    return Comparison(
        a=a.header.target,
        b=b.header.target,
        entries=tuple(entries),
        fixed=tuple(fixed),
        broken=tuple(broken),
        spent_a=_spent(a),
        spent_b=_spent(b),
        prompts=changed_prompts(a, b),
    )


def changed_prompts(a: Run, b: Run) -> tuple[Changed, ...]:
    """The prompts of the tasks in common that were served in another wording."""
    tasks = {task.name: set(task.prompts) for task in b.header.tasks if a.task(task.name)}
    named = sorted(set().union(*tasks.values()))
    old, new = a.header.prompts, b.header.prompts
    return tuple(
        Changed(name, old.get(name, ""), new.get(name, ""), _asked(b, {t for t, ids in tasks.items() if name in ids}))
        for name in named
        if old.get(name) != new.get(name)
    )


def _asked(run: Run, tasks: set[str]) -> int:
    return sum(row.task in tasks and bool(row.prompts) for row in run.rows)


def _shared(a: Run, b: Run) -> list[str]:
    names = [task.name for task in a.header.tasks if b.task(task.name)]
    if not names:
        raise ToolFailure("other_data", "The two runs have no task in common; run the same tasks for both.")
    for name in names:
        left, right = a.task(name), b.task(name)
        if left and right and (left.data_sha, left.epochs) != (right.data_sha, right.epochs):
            raise ToolFailure("other_data", f"The task `{name}` ran on other cases or epochs; run both on the same.")
    return names


Pair = tuple[Row, Row]


def _pairs(a: Run, b: Run, task: str) -> list[Pair]:
    left = {row.key: row for row in a.rows if row.task == task}
    return [(left[row.key], row) for row in b.rows if row.task == task and row.key in left]


def _entries(task: str, metric: str, pairs: list[Pair], seed: int, *, slices: bool) -> list[Entry]:
    whole = _entry(task, metric, None, pairs, seed)
    names = sorted({left.slice for left, _ in pairs})
    if len(names) < 2 or not slices:
        return [whole]
    parts = [_entry(task, metric, name, [p for p in pairs if p[0].slice == name], seed) for name in names]
    seen = [entry for entry in parts if entry.difference.p is not None]
    adjusted = dict(zip([e.slice for e in seen], holm([e.difference.p or 0 for e in seen]), strict=True))
    return [whole, *(_with_p(entry, adjusted.get(entry.slice)) for entry in parts)]


def _with_p(entry: Entry, p: float | None) -> Entry:
    from dataclasses import replace

    return replace(entry, adjusted_p=p)


def _entry(task: str, metric: str, name: str | None, pairs: list[Pair], seed: int) -> Entry:
    scored = _by_case(metric, pairs)
    a = np.array([case[1] for case in scored], dtype=np.float64)
    b = np.array([case[2] for case in scored], dtype=np.float64)
    clusters = [case[0] for case in scored]
    found = difference(b - a, clusters, seed=seed)
    fixed, broken = int(np.sum((a < PASSED) & (b == PASSED))), int(np.sum((a == PASSED) & (b < PASSED)))
    binary = len(a) > 0 and bool(np.isin(np.concatenate([a, b]), [0.0, 1.0]).all())
    return Entry(
        task=task,
        metric=metric,
        slice=name,
        a=estimate(a, clusters),
        b=estimate(b, clusters),
        difference=found,
        fixed=fixed,
        broken=broken,
        mcnemar_p=mcnemar(fixed, broken) if binary else None,
        adjusted_p=found.p,
        detectable=detectable(b - a, clusters),
        unscored=_one_sided(metric, pairs),
    )


def _by_case(metric: str, pairs: list[Pair]) -> list[tuple[str, float, float]]:
    """(cluster, mean of A, mean of B) a case, over the epochs that both sides scored."""
    cases: dict[str, tuple[str, list[float], list[float]]] = {}
    for left, right in pairs:
        one, two = left.scores.get(metric), right.scores.get(metric)
        if one is None or two is None:
            continue
        _, first, second = cases.setdefault(left.case_id, (left.cluster, [], []))
        first.append(one)
        second.append(two)
    return [(cluster, float(np.mean(one)), float(np.mean(two))) for cluster, one, two in cases.values()]


def _one_sided(metric: str, pairs: list[Pair]) -> int:
    return sum((left.scores.get(metric) is None) != (right.scores.get(metric) is None) for left, right in pairs)


def _moved(task: str, metric: str, pairs: list[Pair], *, up: bool) -> Iterable[Moved]:
    for left, right in pairs:
        one, two = left.scores.get(metric), right.scores.get(metric)
        if one is None or two is None:
            continue
        was, became = (two, one) if up else (one, two)
        if was == PASSED and became < PASSED:
            yield Moved(task, metric, left.case_id, left.slice, left, right)


def _spent(run: Run) -> Spent:
    rows = run.rows
    return Spent(
        calls=sum(row.calls for row in rows),
        cached=sum(row.cached for row in rows),
        tokens=sum(row.tokens for row in rows),
        cost=sum(row.cost for row in rows),
        latency=sum(row.latency for row in rows),
        seconds=sum(row.seconds for row in rows),
    )
