"""A model leads the conversation: it picks the tool, and the reading of the turn says which tools it may pick.

What a turn changes is read by the rules alone, and the tools act on that reading, so a model states no value here. It
sees the turn masked as a brief is (`agent/pointing/masking.py`), never an answer, a figure or an older turn. Where it
fails, says nothing, or names a tool that the turn does not call for, the playbook's choice stands.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolCall
from langchain_core.runnables import Runnable

from agent.conversation.planner import TOOL_FOR, PlaybookTalker
from agent.conversation.turn import TurnKind
from agent.planner.talker import Talker
from agent.pointing.masking import masked
from prompts.load import prompt
from tools.failure import ToolFailure

INSTEAD: Mapping[TurnKind, str] = {"edit": "suppose"}
"""What a model may pick in the place of the playbook's tool: it may show a change first, which "do it" then makes."""


class LedTalker(PlaybookTalker):
    """The playbook of a conversation with a model at its side. `said` is the turn's text."""

    talker: Talker
    said: str

    @property
    def _llm_type(self) -> str:
        return "briefsmith-led-talker"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:  # noqa: ARG002
        bound = self.talker.bind_tools(tools)
        return self.model_copy(update={"talker": bound})

    def decide(self, messages: list[BaseMessage]) -> AIMessage:
        """As the playbook does, with the model's tool where the turn allows it."""
        own = super().decide(messages)
        if not own.tool_calls:
            return own
        name = self._named()
        allowed = (TOOL_FOR[self.turn_kind], INSTEAD.get(self.turn_kind))
        if name is None or name not in allowed:
            return own
        return AIMessage(content="", tool_calls=[ToolCall(name=name, args={}, id=own.tool_calls[0]["id"])])

    def _named(self) -> str | None:
        """The tool that the model calls first; null where it calls none or fails."""
        asked = [SystemMessage(prompt("conversation").render()), HumanMessage(masked(self.said))]
        try:
            answer = self.talker.invoke(asked)
        except ToolFailure as failure:
            if not failure.code.startswith("llm_"):
                raise
            return None
        return answer.tool_calls[0]["name"] if answer.tool_calls else None
