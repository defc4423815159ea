"""A model as the talker of a conversation: it picks the tool, as `prompts/conversation` says."""

from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall, convert_to_openai_messages

from agent.planner.modelled import Modelled, json_object
from prompts.load import Prompt, prompt
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.types import Choice

UNREADABLE = "unreadable"
"""Argument under which a call's arguments stand that are no JSON object: they are wrong, and seen to be."""


class Talker(Modelled):
    """Every call that the model makes is passed on, wrong ones too."""

    @classmethod
    def of(cls, client: LlmClient) -> "Talker":
        return cls(client=client, account=Account(client.config))

    @property
    def _llm_type(self) -> str:
        return "briefsmith-talker"

    def told(self, messages: list[BaseMessage]) -> tuple[Prompt, tuple[Mapping[str, Any], ...]]:
        said = convert_to_openai_messages(messages)
        return prompt("conversation"), tuple(said if isinstance(said, list) else [said])

    def heard(self, choice: Choice, at: int) -> AIMessage:
        calls = [
            ToolCall(name=call["name"], args=_arguments(call["arguments"]), id=f"call-{at}-{number}")
            for number, call in enumerate(choice.tool_calls)
        ]
        return AIMessage(content=choice.text, tool_calls=calls)


def _arguments(text: str) -> dict[str, Any]:
    made = json_object(text)
    return {UNREADABLE: text} if made is None else made
