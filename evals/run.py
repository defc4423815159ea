"""`eval run`: tasks of a tier or by name, against a target, into a folder."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from evals.bridge import Conditions, metrics_of, run_inspect
from evals.case import Case, cases_sha
from evals.judge.asking import judge_id
from evals.providers.ceiling import NO_CEILING, Ceilings
from evals.results import Header, Run, TaskInfo, write_run
from evals.target import Target
from evals.tasks import ON_DEMAND, SMOKE_SHARE, TIERS, task
from evals.tasks.base import EvalTask
from tools.failure import ToolFailure

Chosen = tuple[EvalTask, tuple[Case, ...]]


def choose(names: Sequence[str], limit: int | None = None) -> list[Chosen]:
    """The tasks and cases of tiers and task names.

    The smoke tier takes a part of each task, by hash of the id; the full one all but what is asked on demand.

    Args:
        limit: at most so many cases a task, the first by hash of the id: a smaller limit's are among a larger's.

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
    return [(made, _first(cases, limit)) for made, cases in chosen.values()]


def _first(cases: tuple[Case, ...], limit: int | None) -> tuple[Case, ...]:
    kept = {case.id for case in sorted(cases, key=lambda case: _place(case.id))[:limit]}
    return tuple(case for case in cases if case.id in kept)


def _of_tier(made: EvalTask, name: str) -> tuple[Case, ...]:
    if name == "smoke":
        return tuple(case for case in made.cases if _place(case.id) < SMOKE_SHARE[made.name])
    left_out = ON_DEMAND.get(made.name, ()) if name in TIERS else ()
    return tuple(case for case in made.cases if case.id not in left_out)


def _place(case_id: str) -> float:
    """In [0, 1), the same for an id for ever."""
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:6]) / 2**48


def run(
    names: Sequence[str],
    target: Target,
    folder: Path,
    *,
    now: datetime,
    epochs: int = 1,
    cache: bool = True,
    judge: str = "",
    limit: int | None = None,
    ceilings: Ceilings = NO_CEILING,
) -> Run:
    """Run and write the folder: `run.json`, `rows.jsonl` and inspect's own logs under `logs/`.

    Args:
        cache: what a model was asked before is served from inspect's cache, without a call.
        judge: inspect's name of a model that judges the copy; empty: none does.
        limit: at most so many cases a task; null: all of them.
        ceilings: what the run may spend on models.

    Raises:
        ToolFailure: `unknown_task`, `bad_cases`, `no_evals_extra`, `eval_failed`, `no_model_in_task`, `no_prices`.
    """
    from agent.settings import Settings
    from prompts.load import prompt, serving

    chosen = _that_ask(choose(names, limit), target, names)
    settings = Settings()
    prices = settings.llm_prompt_price, settings.llm_completion_price
    how = Conditions(epochs, cache, judge, *prices, ceilings)
    started = time.perf_counter()
    with serving(target.prompts):
        rows = run_inspect(chosen, target, folder / "logs", how)
        judges = judge_id(judge) if judge else ""
        served = {prompt_id: prompt(prompt_id).sha for made, _ in chosen for prompt_id in made.prompts}
    infos = tuple(
        TaskInfo(
            name=made.name,
            cases=len(cases),
            epochs=epochs,
            data_sha=cases_sha(cases),
            metrics=metrics_of(made, bool(judge)),
            prompts=made.prompts,
        )
        for made, cases in chosen
    )
    header = Header(
        target=target.name,
        deterministic=target.deterministic,
        tasks=infos,
        judge=judges,
        prompts=served,
        started_at=now,
        seconds=round(time.perf_counter() - started, 3),
    )
    return write_run(Run(header=header, rows=rows), folder)


def _that_ask(chosen: list[Chosen], target: Target, names: Sequence[str]) -> list[Chosen]:
    """For a model under test: the tasks that ask one. A tier is cut down to them, a task by name has to be one."""
    if not target.model:
        return chosen
    asks = [(made, cases) for made, cases in chosen if made.prompts]
    idle = [made.name for made, _ in chosen if not made.prompts and made.name in names]
    if idle or not asks:
        raise ToolFailure("no_model_in_task", f"No model is ever asked in {', '.join(idle) or 'these tasks'}.")
    return asks
