"""The playbook of a conversation: a chat model without weights that picks the tool which the turn calls for."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from agent.conversation.turn import TurnKind

TOOL_FOR: dict[TurnKind, str] = {
    "edit": "revise_plan",
    "answer": "revise_plan",
    "confirm": "revise_plan",
    "question": "answer_question",
    "what_if": "suppose",
    "undo": "undo",
    "leave_out": "leave_out",
}
"""The kinds of turn that a tool is for; the others change nothing."""


class PlaybookTalker(BaseChatModel):
    """Calls the tool for `turn_kind`, then repeats its answer; without a tool it only says `nothing`."""

    turn_kind: TurnKind
    nothing: str = ""

    @property
    def _llm_type(self) -> str:
        return "briefsmith-playbook-talker"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[Any, AIMessage]:
        """It knows its tools by name; nothing is bound."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.decide(messages))])

    def decide(self, messages: list[BaseMessage]) -> AIMessage:
        """The tool call, or the closing word."""
        last = messages[-1]
        if isinstance(last, ToolMessage):
            return AIMessage(content=last.content)
        name = TOOL_FOR.get(self.turn_kind)
        if name is None:
            return AIMessage(content=self.nothing)
        return AIMessage(content="", tool_calls=[ToolCall(name=name, args={}, id=f"call-{len(messages)}")])
