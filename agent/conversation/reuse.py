"""Parts of the version before, taken where nothing that their step reads has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import ToolMessage
from langgraph.types import Command

from agent.conversation.inputs import READS, step_key
from agent.planner.tracing import REUSED
from agent.steps.edits import reworded
from agent.workspace import Workspace

MAKES: dict[str, tuple[str, ...]] = {
    "look_up_audience": ("audience", "members_sha"),
    "choose_products": ("products",),
    "make_offers": ("offers",),
    "forecast_response": ("forecast", "economics"),
    "solve_budget": ("allocation", "groups"),
    "write_copy": ("copies", "writing"),
    "check_copy": ("copies", "checks"),
    "design_experiment": ("experiment",),
}
"""Step → what it leaves in the workspace."""


class Reuse(AgentMiddleware):
    """Stands between the trace and the tools: answers for a step with what the version before knew, or lets it run.

    With no version before, it only notes each step's key, for the version after.
    """

    def __init__(self, work: Workspace, before: Workspace | None) -> None:
        super().__init__()
        self._work, self._before = work, before

    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        step, call = request.tool_call["name"], request.tool_call
        if step not in READS:
            return handler(request)
        key = step_key(step, self._work, call["args"])
        said = _summary(self._before, step) if self._before and self._before.keys.get(step) == key else None
        if said is None or self._before is None:
            answer = handler(request)
        else:
            _take(step, self._before, self._work)
            answer = ToolMessage(said, tool_call_id=call["id"] or "", name=step, additional_kwargs={REUSED: True})
        self._work.keys[step] = key
        return answer


def _take(step: str, before: Workspace, work: Workspace) -> None:
    for name in MAKES[step]:
        setattr(work, name, getattr(before, name))
    if step == "write_copy":
        written = reworded(before, before.copies, [edit.back for edit in before.line.edits])
        edited = reworded(work, written, work.line.edits)
        work.copies = tuple(item.model_copy(update={"checks": ()}) for item in edited)


def _summary(before: Workspace, step: str) -> str | None:
    """What the step answered then; null where it failed, or was not reached."""
    return next((call.summary for call in reversed(before.trace) if call.tool == step and call.ok), None)


def reused(work: Workspace) -> tuple[str, ...]:
    """The steps of which the earlier parts were taken."""
    return tuple(call.tool for call in work.trace if call.reused)
