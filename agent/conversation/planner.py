"""The playbook of a conversation: a chat model without weights that picks the tool which the turn calls for."""

from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage

from agent.conversation.turn import TurnKind
from agent.planner.scripted import Scripted

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


class PlaybookTalker(Scripted):
    """Calls the tool for `turn_kind`, then repeats its answer; without a tool it only says `nothing`."""

    turn_kind: TurnKind
    nothing: str = ""

    @property
    def _llm_type(self) -> str:
        return "briefsmith-playbook-talker"

    def decide(self, messages: list[BaseMessage]) -> AIMessage:
        """The tool call, or the closing word."""
        last = messages[-1]
        if isinstance(last, ToolMessage):
            return AIMessage(content=last.content)
        name = TOOL_FOR.get(self.turn_kind)
        if name is None:
            return AIMessage(content=self.nothing)
        return AIMessage(content="", tool_calls=[ToolCall(name=name, args={}, id=f"call-{len(messages)}")])
