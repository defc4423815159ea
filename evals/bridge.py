"""The one file that knows inspect_ai: our tasks as its tasks, its logs as our rows.

Inspect brings the runner, the log, the viewer, the cache and the limits; tasks, scores and statistics are ours.
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.case import Case
from evals.judge.asking import JUDGED, judged
from evals.providers.asking import asking
from evals.providers.ceiling import NO_CEILING, Ceilings, Purse, metered, purse_of
from evals.results import Row
from evals.target import Kind, Target
from evals.tasks.base import Answer, EvalTask
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.log import EvalLog, EvalSample
    from inspect_ai.model import Model
    from inspect_ai.scorer import Scorer
    from inspect_ai.solver import Solver


SCORER = "briefsmith"
NO_MODEL, REPLAY = "none/none", "briefsmith/replay"
RETRIES = 2
"""Of one request to a model, beyond the first; a model that stays away is an error of the case."""


@dataclass(frozen=True)
class Conditions:
    """How a run is made. Prices are those of a million tokens, in the currency of the settings."""

    epochs: int = 1
    cache: bool = True
    judge: str = ""
    """Inspect's name of the model that judges; empty: none does."""
    prompt_price: float = 0
    completion_price: float = 0
    ceilings: Ceilings = NO_CEILING


def run_inspect(
    tasks: Sequence[tuple[EvalTask, Sequence[Case]]], target: Target, logs: Path, how: Conditions
) -> tuple[Row, ...]:
    """Run the tasks under inspect and read its logs back as rows.

    Raises:
        ToolFailure: `no_evals_extra`, with how to install it; `eval_failed`, with what inspect says; those of the
            model's making (`no_model`, `unknown_server`, `bad_recording`); `no_prices`.
    """
    purse = purse_of(how.ceilings, how.prompt_price, how.completion_price)
    try:
        from inspect_ai import eval as run
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("inspect_ai"):
            raise
        raise ToolFailure(
            "no_evals_extra", "Evals run on inspect_ai, which is not installed: `pip install -e '.[evals]'`."
        ) from error
    judge = _model(how.judge, how, purse) if how.judge else None
    rows: list[Row] = []
    for model, group in _by_model(tasks, target):
        made = [as_inspect(task, cases, target, cache=how.cache, judge=judge) for task, cases in group]
        with warnings.catch_warnings():
            # Inspect opens and leaves event loops and streams to the garbage collector; its business.
            warnings.simplefilter("ignore")
            found = run(
                made,
                model=_model(model, how, purse),
                log_dir=str(logs),
                log_format="eval",
                display="none",
                epochs=how.epochs,
                fail_on_error=False,
                log_realtime=False,
                score_display=False,
                ctl_server=False,
                max_tasks=1,
                max_samples=1 if model == NO_MODEL else None,
                max_retries=RETRIES,
            )
        rows += [row for log in found for row in rows_of(log, how)]
    return tuple(rows)


def _model(name: str, how: Conditions, purse: Purse) -> Model:
    from evals.providers import registry

    made = registry.model(name)
    free = name == NO_MODEL or name.startswith(REPLAY)
    return made if free or not how.ceilings.any else metered(made, purse)


def _by_model(
    tasks: Sequence[tuple[EvalTask, Sequence[Case]]], target: Target
) -> list[tuple[str, list[tuple[EvalTask, Sequence[Case]]]]]:
    """The tasks by the model that answers them, in their order."""
    groups: dict[str, list[tuple[EvalTask, Sequence[Case]]]] = {}
    for task, cases in tasks:
        recorded = f"{REPLAY}/{task.recorded}" if task.recorded and target.kind == "embedded" else NO_MODEL
        groups.setdefault(target.model or recorded, []).append((task, cases))
    return list(groups.items())


def as_inspect(
    task: EvalTask,
    cases: Iterable[Case],
    target: Target | None = None,
    *,
    cache: bool | None = None,
    judge: Model | None = None,
) -> Task:
    """A task of ours as one of inspect's.

    Args:
        target: null: what inspect was started with, the embedded target where it has no model.
        cache: serve repeated questions from inspect's cache; null: as inspect was started.
    """
    from inspect_ai import Task
    from inspect_ai.dataset import MemoryDataset, Sample

    known = {case.id: case for case in cases}
    samples = [Sample(id=case.id, input=json.dumps(case.input, ensure_ascii=False)) for case in known.values()]
    return Task(
        name=task.name,
        dataset=MemoryDataset(samples, name=task.name),
        solver=_solver(task, known, target or Target(), cache),
        scorer=_scorer(task, known, judge, cache),
    )


def _solver(task: EvalTask, known: dict[str, Case], target: Target, cache: bool | None) -> Solver:
    from inspect_ai.model import ModelOutput, get_model
    from inspect_ai.solver import Generate, TaskState, solver

    @solver(name=f"{task.name}_{target.kind}")
    def answering() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            state.metadata["prompts"] = asked = dict[str, str]()
            answer = await _answered(task, known[str(state.sample_id)], target, get_model(), cache, asked)
            state.output = ModelOutput.from_content(target.name, answer.text)
            state.metadata["calls"], state.metadata["tokens"] = answer.calls, answer.tokens
            return state

        return solve

    return answering()


async def _answered(
    task: EvalTask, case: Case, target: Target, model: Model, cache: bool | None, asked: dict[str, str]
) -> Answer:
    """In a thread of its own where a model is asked: the product's code is not asynchronous."""
    from anyio.to_thread import run_sync

    if str(model) == NO_MODEL:
        return task.answer(case, target)
    kind: Kind = "model" if target.kind == "embedded" else target.kind
    # A replay is a cache of its own, and its file may have changed.
    kept = False if str(model).startswith(REPLAY) else cache
    mine = replace(target, kind=kind, model=target.model or str(model), ask=asking(model, cache=kept, asked=asked))
    return await run_sync(task.answer, case, mine)


def _scorer(task: EvalTask, known: dict[str, Case], judge: Model | None, cache: bool | None) -> Scorer:
    from inspect_ai.scorer import Score, mean, scorer
    from inspect_ai.scorer import Target as Wanted
    from inspect_ai.solver import TaskState

    @scorer(name=SCORER, metrics={name: [mean()] for name in metrics_of(task, judge is not None)})
    def scoring() -> Scorer:
        async def score(state: TaskState, target: Wanted) -> Score:
            case, text = known[str(state.sample_id)], state.output.completion
            found = task.score(case, text)
            scores, said, asked = dict(found.scores), [found.detail], dict[str, str]()
            if judge is not None and task.exhibit is not None:
                opinion = await judged(task.exhibit(case, text), asking(judge, cache=cache, asked=asked))
                scores, said = scores | opinion.scores, [*said, opinion.detail]
            meta: dict[str, Any] = {"slice": case.slice, "cluster": case.cluster, "prompts": asked}
            # What is not scored is NaN to inspect: it counts it in no mean, where null would be a warning and a zero.
            marks = {name: math.nan if value is None else value for name, value in scores.items()}
            return Score(value=marks, explanation="; ".join(filter(None, said)), metadata=meta)

        return score

    return scoring()


def metrics_of(task: EvalTask, judged: bool) -> tuple[str, ...]:
    """The task's own, and a judge's where one looks at it."""
    return (*task.metrics, *(JUDGED if judged and task.exhibit else ()))


def rows_of(log: EvalLog, how: Conditions) -> Iterator[Row]:
    """The rows of one log.

    Raises:
        ToolFailure: `eval_failed`, where the task itself did not run to its end.
    """
    if log.status != "success":
        raise ToolFailure("eval_failed", f"The task `{log.eval.task}` did not end: {log.error and log.error.message}")
    for sample in log.samples or []:
        yield _row(log.eval.task, sample, how)


def _row(task: str, sample: EvalSample, how: Conditions) -> Row:
    score = (sample.scores or {}).get(SCORER)
    meta = (score.metadata if score else None) or {}
    values = score.value if score and isinstance(score.value, dict) else {}
    spent = _spent(sample, how)
    return Row(
        task=task,
        case_id=str(sample.id),
        epoch=sample.epoch,
        slice=meta.get("slice", ""),
        cluster=meta.get("cluster", ""),
        scores={name: _scored(value) for name, value in values.items()},
        output=sample.output.completion,
        detail=(score.explanation if score else "") or "",
        error=sample.error.message if sample.error else None,
        prompts=sample.metadata.get("prompts", {}) | meta.get("prompts", {}),
        calls=spent.calls or int(sample.metadata.get("calls", 0)),
        cached=spent.cached,
        tokens=spent.tokens or int(sample.metadata.get("tokens", 0)),
        cost=spent.cost,
        latency=spent.seconds,
        seconds=sample.total_time or 0,
    )


def _scored(value: object) -> float | None:
    made = math.nan if value is None else float(str(value))
    return None if math.isnan(made) else made


@dataclass(frozen=True)
class _Spent:
    """On the model's calls of one sample. `seconds`: summed over them, without those served from the cache."""

    calls: int
    cached: int
    tokens: int
    cost: float
    seconds: float


def _spent(sample: EvalSample, how: Conditions) -> _Spent:
    asked = [event for event in sample.events if event.event == "model" and not event.error]
    real = [event.output for event in asked if event.cache != "read"]
    used = [output.usage for output in real if output.usage]
    prompt, completion = sum(one.input_tokens for one in used), sum(one.output_tokens for one in used)
    return _Spent(
        calls=len(real),
        cached=len(asked) - len(real),
        tokens=prompt + completion,
        cost=(prompt * how.prompt_price + completion * how.completion_price) / 1_000_000,
        seconds=sum(output.time or 0 for output in real),
    )
