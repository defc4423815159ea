"""What inspect finds of ours through the entry point `inspect_ai`: the model `briefsmith/NAME`, and every task.

inspect eval briefsmith/chat --model openai-api/briefsmith-llm/MODEL
inspect eval briefsmith/copy --model briefsmith/live
"""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.model import Model, ModelAPI, get_model, modelapi

from evals.bridge import as_inspect
from evals.tasks import task as named


@modelapi(name="briefsmith")
def briefsmith() -> type[ModelAPI]:
    """By name: see `evals.providers.models`."""
    from evals.providers.models import Briefsmith

    return Briefsmith


def model(name: str) -> Model:
    """The model of this name. One of ours is made once a process, so that a server on loopback is started once; the
    settings' own is made anew, since they may name another server by now."""
    return get_model(name, memoize=not name.startswith("briefsmith/live"))


@task(name="briefsmith/briefs")
def briefs() -> Task:
    return _of("briefs")


@task(name="briefsmith/compliance")
def compliance() -> Task:
    return _of("compliance")


@task(name="briefsmith/injection")
def injection() -> Task:
    return _of("injection")


@task(name="briefsmith/copy")
def copy(judge: str = "") -> Task:
    return _of("copy", judge)


@task(name="briefsmith/writing")
def writing(judge: str = "") -> Task:
    return _of("writing", judge)


@task(name="briefsmith/retrieval")
def retrieval() -> Task:
    return _of("retrieval")


@task(name="briefsmith/chat")
def chat() -> Task:
    return _of("chat")


@task(name="briefsmith/plans")
def plans() -> Task:
    return _of("plans")


@task(name="briefsmith/worlds")
def worlds() -> Task:
    return _of("worlds")


def _of(name: str, judge: str = "") -> Task:
    made = named(name)
    return as_inspect(made, made.cases, judge=model(judge) if judge else None)
