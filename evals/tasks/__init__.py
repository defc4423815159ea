"""The tasks: what is asked of a target, and how its answer is scored. None of them knows the runner."""

from collections.abc import Callable

from evals.tasks.base import EvalTask
from tools.failure import ToolFailure

TIERS: dict[str, tuple[str, ...]] = {
    "smoke": ("briefs", "compliance", "injection", "copy", "retrieval"),
    "full": ("briefs", "compliance", "injection", "copy", "retrieval", "writing", "chat", "worlds", "plans"),
}
"""Tier → its tasks. The smoke tier takes a part of each; the full one leaves `ON_DEMAND` out."""
SMOKE_SHARE = {"briefs": 0.25, "compliance": 0.15, "injection": 0.3, "copy": 0.06, "retrieval": 0.1}
ON_DEMAND = {"plans": ("literal", "zh", "coffee", "everyone", "bulleted")}
"""Task → cases that cost more than they tell: asked where the task is named."""


def task(name: str) -> EvalTask:
    """The task of this name.

    Raises:
        ToolFailure: `unknown_task`, with the names there are.
    """
    made = _tasks().get(name)
    if made is None:
        known = ", ".join(_tasks())
        raise ToolFailure(
            "unknown_task", f"There is no task `{name}`; there are {known}, and the tiers smoke and full."
        )
    return made()


def _tasks() -> dict[str, Callable[[], EvalTask]]:
    from evals.tasks import briefs, chat, compliance, copy, injection, plans, retrieval, worlds, writing

    return {
        "briefs": briefs.task,
        "compliance": compliance.task,
        "injection": injection.task,
        "copy": copy.task,
        "retrieval": retrieval.task,
        "writing": writing.task,
        "chat": chat.task,
        "worlds": worlds.task,
        "plans": plans.task,
    }
