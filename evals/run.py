"""`eval run`: tasks of a tier or by name, against a target, into a folder."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from evals.bridge import run_inspect
from evals.case import Case, cases_sha
from evals.results import Header, Run, TaskInfo, write_run
from evals.target import Target
from evals.tasks import ON_DEMAND, SMOKE_SHARE, TIERS, task
from evals.tasks.base import EvalTask

Chosen = tuple[EvalTask, tuple[Case, ...]]


def choose(names: Sequence[str]) -> list[Chosen]:
    """The tasks and cases of tiers and task names.

    The smoke tier takes a part of each task, by hash of the id; the full one all but what is asked on demand.


    Raises:
        ToolFailure: `unknown_task`.
    """
    chosen: dict[str, Chosen] = {}
    for name in names:
        for one in TIERS.get(name, (name,)):
            made = task(one)
            cases = _of_tier(made, name)
            if one not in chosen or len(cases) > len(chosen[one][1]):
                chosen[one] = (made, cases)
    return list(chosen.values())


def _of_tier(made: EvalTask, name: str) -> tuple[Case, ...]:
    if name == "smoke":
        return tuple(case for case in made.cases if _place(case.id) < SMOKE_SHARE[made.name])
    left_out = ON_DEMAND.get(made.name, ()) if name in TIERS else ()
    return tuple(case for case in made.cases if case.id not in left_out)


def _place(case_id: str) -> float:
    """In [0, 1), the same for an id for ever."""
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:6]) / 2**48


def run(names: Sequence[str], target: Target, folder: Path, *, now: datetime, epochs: int = 1) -> Run:
    """Run and write the folder: `run.json`, `rows.jsonl` and inspect's own logs under `logs/`.

    Raises:
        ToolFailure: `unknown_task`, `bad_cases`, `no_evals_extra`, `eval_failed`.
    """
    from prompts.load import prompt

    chosen = choose(names)
    started = time.perf_counter()
    rows = run_inspect(chosen, target, folder / "logs", epochs=epochs)
    infos = tuple(
        TaskInfo(name=made.name, cases=len(cases), epochs=epochs, data_sha=cases_sha(cases), metrics=made.metrics)
        for made, cases in chosen
    )
    served = {prompt_id: prompt(prompt_id).sha for made, _ in chosen for prompt_id in made.prompts}
    header = Header(
        target=target.name,
        deterministic=target.deterministic,
        tasks=infos,
        prompts=served,
        started_at=now,
        seconds=round(time.perf_counter() - started, 3),
    )
    return write_run(Run(header=header, rows=rows), folder)
