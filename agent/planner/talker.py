"""A model behind our own client as the talker of a conversation: it picks the tool, as `prompts/conversation` says."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolCall, convert_to_openai_messages
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict, Field

from prompts.load import prompt
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.types import Ask, Choice

MAX_TOKENS = 400
UNREADABLE = "unreadable"
"""Argument under which a call's arguments stand that are no JSON object: they are wrong, and seen to be."""


class Talker(BaseChatModel):
    """A chat model over the product's client. Every call that the model makes is passed on, wrong ones too."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: LlmClient
    account: Account
    tools: tuple[Mapping[str, Any], ...] = Field(default=())

    @classmethod
    def of(cls, client: LlmClient) -> "Talker":
        return cls(client=client, account=Account(client.config))

    @property
    def _llm_type(self) -> str:
        return "briefsmith-talker"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.model_copy(update={"tools": tuple(convert_to_openai_tool(tool) for tool in tools)})

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        rules, said = prompt("conversation"), convert_to_openai_messages(messages)
        ask = Ask(
            messages=tuple(said if isinstance(said, list) else [said]),
            prompt_id=rules.id,
            prompt_sha=rules.sha,
            tools=self.tools,
            max_tokens=MAX_TOKENS,
        )
        answer = self.client.run(self.account, lambda session: session.ask(ask))
        return ChatResult(generations=[ChatGeneration(message=_message(answer.choices[0], len(messages)))])


def _message(choice: Choice, at: int) -> AIMessage:
    calls = [
        ToolCall(name=call["name"], args=_arguments(call["arguments"]), id=f"call-{at}-{number}")
        for number, call in enumerate(choice.tool_calls)
    ]
    return AIMessage(content=choice.text, tool_calls=calls)


def _arguments(text: str) -> dict[str, Any]:
    try:
        made = json.loads(text or "{}")
    except (ValueError, RecursionError):
        made = None
    return made if isinstance(made, dict) else {UNREADABLE: text}
