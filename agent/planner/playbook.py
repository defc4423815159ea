"""PlaybookPlanner: a chat model of ours without weights, which emits the standard playbook's tool calls.

It is the product's floor and what the tests drive: the same loop, tools and completion contract as a model's planner.
It decides from the messages alone: which tools have answered, and with what.
"""

from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage
from pydantic import Field

from agent.planner.scripted import Scripted

PLAYBOOK: tuple[str, ...] = (
    "look_up_audience",
    "choose_products",
    "make_offers",
    "forecast_response",
    "solve_budget",
    "write_copy",
    "check_copy",
    "design_experiment",
)
"""The standard order: each step needs those before it."""


class PlaybookPlanner(Scripted):
    """Walks `PLAYBOOK`; stops at the first tool that fails, since every later step rests on it."""

    arguments: dict[str, dict[str, int | str]] = Field(default_factory=dict)
    """Tool → the arguments that were asked for; the others are the tools' own."""
    last: str = PLAYBOOK[-1]
    """The step after which to stop: a what-if needs no copy."""

    @property
    def _llm_type(self) -> str:
        return "briefsmith-playbook"

    def decide(self, messages: list[BaseMessage]) -> AIMessage:
        """The next tool call, or the closing word."""
        answers = [message for message in messages if isinstance(message, ToolMessage)]
        name, said = self.next_step([(str(answer.name), answer.status == "error") for answer in answers])
        if name is None:
            return AIMessage(content=said)
        call = ToolCall(name=name, args=dict(self.arguments.get(name, {})), id=f"call-{len(answers) + 1}")
        return AIMessage(content="", tool_calls=[call])

    def next_step(self, answered: Sequence[tuple[str, bool]]) -> tuple[str | None, str]:
        """The tool to call, or null and the closing word; `answered` are the tools so far, and whether each failed."""
        failed = next((name for name, wrong in answered if wrong), None)
        if failed is not None:
            return None, f"Stopped: {failed} failed."
        done = {name for name, _ in answered}
        for name in PLAYBOOK[: PLAYBOOK.index(self.last) + 1]:
            if name not in done:
                return name, ""
        return None, "Every part is there."
