"""PlaybookPlanner as a model of inspect's: the same steps that lead a plan without any weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, ChatMessageTool, ModelAPI, ModelOutput
from inspect_ai.tool import ToolCall

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, GenerateConfig
    from inspect_ai.tool import ToolChoice, ToolInfo


class Playbook(ModelAPI):
    """Walks the standard playbook over the tools that it is given."""

    def __init__(self, model_name: str, config: GenerateConfig) -> None:
        super().__init__(model_name, config=config)

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> Any:
        from agent.planner.playbook import PlaybookPlanner
        from evals.providers.models import counted

        answered = [(str(m.function), _failed(m.text)) for m in input if isinstance(m, ChatMessageTool)]
        name, said = PlaybookPlanner().next_step(answered)
        calls = [ToolCall(id=f"call-{len(answered) + 1}", function=name, arguments={})] if name else []
        message = ChatMessageAssistant(content=said, tool_calls=calls or None, model="playbook")
        choice = ChatCompletionChoice(message=message, stop_reason="tool_calls" if calls else "stop")
        return ModelOutput(model="playbook", choices=[choice], usage=counted(message.text, input))


def _failed(text: str) -> bool:
    """As `agent.planner.llm` tells a model of a failed tool: by its code alone."""
    return text.startswith('{"failure"')
