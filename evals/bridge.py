"""The one file that knows inspect_ai: our tasks as its tasks, its logs as our rows.

Inspect brings the runner, the log, the viewer, the cache and the limits; tasks, scores and statistics are ours.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.case import Case
from evals.results import Row
from evals.target import Target
from evals.tasks.base import EvalTask
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.log import EvalLog, EvalSample
    from inspect_ai.scorer import Scorer
    from inspect_ai.solver import Solver

SCORER = "briefsmith"


def run_inspect(
    tasks: Sequence[tuple[EvalTask, Sequence[Case]]], target: Target, logs: Path, *, epochs: int
) -> tuple[Row, ...]:
    """Run the tasks under inspect and read its logs back as rows.

    Raises:
        ToolFailure: `no_evals_extra`, with how to install it; `eval_failed`, with what inspect says.
    """
    try:
        from inspect_ai import eval as run
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("inspect_ai"):
            raise
        raise ToolFailure(
            "no_evals_extra", "Evals run on inspect_ai, which is not installed: `pip install -e '.[evals]'`."
        ) from error
    made = [as_inspect(task, cases, target) for task, cases in tasks]
    with warnings.catch_warnings():
        # Inspect opens and leaves event loops and streams to the garbage collector; its business.
        warnings.simplefilter("ignore")
        found = run(
            made,
            model="none/none",
            log_dir=str(logs),
            log_format="eval",
            display="none",
            epochs=epochs,
            fail_on_error=False,
            log_realtime=False,
            score_display=False,
            max_tasks=1,
            max_samples=1 if target.deterministic else None,
        )
    return tuple(row for log in found for row in rows_of(log))


def as_inspect(task: EvalTask, cases: Iterable[Case], target: Target) -> Task:
    """A task of ours as one of inspect's."""
    from inspect_ai import Task
    from inspect_ai.dataset import MemoryDataset, Sample

    known = {case.id: case for case in cases}
    samples = [Sample(id=case.id, input=json.dumps(case.input, ensure_ascii=False)) for case in known.values()]
    return Task(
        name=task.name,
        dataset=MemoryDataset(samples, name=task.name),
        solver=_solver(task, known, target),
        scorer=_scorer(task, known),
    )


def _solver(task: EvalTask, known: dict[str, Case], target: Target) -> Solver:
    from inspect_ai.model import ModelOutput
    from inspect_ai.solver import Generate, TaskState, solver

    @solver(name=f"{task.name}_{target.name}")
    def answering() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            answer = task.answer(known[str(state.sample_id)], target)
            state.output = ModelOutput.from_content(target.name, answer.text)
            state.metadata["calls"], state.metadata["tokens"] = answer.calls, answer.tokens
            return state

        return solve

    return answering()


def _scorer(task: EvalTask, known: dict[str, Case]) -> Scorer:
    from inspect_ai.scorer import Score, mean, scorer
    from inspect_ai.scorer import Target as Wanted
    from inspect_ai.solver import TaskState

    @scorer(name=SCORER, metrics={name: [mean()] for name in task.metrics})
    def scoring() -> Scorer:
        async def score(state: TaskState, target: Wanted) -> Score:
            found = task.score(known[str(state.sample_id)], state.output.completion)
            case = known[str(state.sample_id)]
            meta: dict[str, Any] = {"slice": case.slice, "cluster": case.cluster}
            return Score(value=dict(found.scores), explanation=found.detail, metadata=meta)

        return score

    return scoring()


def rows_of(log: EvalLog) -> Iterator[Row]:
    """The rows of one log.

    Raises:
        ToolFailure: `eval_failed`, where the task itself did not run to its end.
    """
    if log.status != "success":
        raise ToolFailure("eval_failed", f"The task `{log.eval.task}` did not end: {log.error and log.error.message}")
    for sample in log.samples or []:
        yield _row(log.eval.task, sample)


def _row(task: str, sample: EvalSample) -> Row:
    score = (sample.scores or {}).get(SCORER)
    meta = (score.metadata if score else None) or {}
    values = score.value if score and isinstance(score.value, dict) else {}
    return Row(
        task=task,
        case_id=str(sample.id),
        epoch=sample.epoch,
        slice=meta.get("slice", ""),
        cluster=meta.get("cluster", ""),
        scores={name: None if value is None else float(str(value)) for name, value in values.items()},
        output=sample.output.completion,
        detail=(score.explanation if score else "") or "",
        error=sample.error.message if sample.error else None,
        calls=int(sample.metadata.get("calls", 0)),
        tokens=int(sample.metadata.get("tokens", 0)),
        seconds=sample.total_time or 0,
    )
