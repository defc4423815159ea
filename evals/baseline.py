"""The stored baselines: a run as it is kept, and one task of it renewed alone."""

from __future__ import annotations

from collections.abc import Sequence

from evals.case import cases_sha
from evals.results import Run, TaskInfo
from evals.run import choose
from tools.failure import ToolFailure


def with_tasks(kept: Run, made: Run, tasks: Sequence[str], tier: str) -> Run:
    """The baseline `kept`, its rows of `tasks` replaced by those that `made` has for the tier's cases.

    Raises:
        ToolFailure: `not_run`, where the run lacks a task, or a case that the tier has.
    """
    rows = [row for row in kept.rows if row.task not in tasks]
    infos = {info.name: info for info in kept.header.tasks}
    for task, cases in choose([tier]):
        if task.name not in tasks:
            continue
        ran = made.task(task.name)
        ids = {case.id for case in cases}
        mine = [row for row in made.rows if row.task == task.name and row.case_id in ids]
        if ran is None or len(mine) != len(cases) * ran.epochs:
            raise ToolFailure("not_run", f"The run does not hold every case that {tier} has of `{task.name}`.")
        rows += mine
        infos[task.name] = TaskInfo(
            name=task.name,
            cases=len(cases),
            epochs=ran.epochs,
            data_sha=cases_sha(cases),
            metrics=ran.metrics,
            prompts=ran.prompts,
        )
    unknown = sorted(set(tasks) - set(infos))
    if unknown:
        raise ToolFailure("not_run", f"The tier {tier} has no task {', '.join(unknown)}.")
    prompts = kept.header.prompts | made.header.prompts
    header = kept.header.model_copy(update={"tasks": tuple(infos.values()), "prompts": prompts})
    return Run(header=header, rows=tuple(rows))
