"""A model behind our own client as a chat model of a loop: every fault of it is handled by the client."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict, Field

from prompts.load import Prompt
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.types import Ask, Choice

MAX_TOKENS = 400


class Modelled(BaseChatModel):
    """The shell that `create_agent` needs around what is `told` and what is `heard`. Calls are counted in `account`.

    Raises (from the loop):
        ToolFailure: `llm_…`, a fault or a ceiling.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: LlmClient
    account: Account
    tools: tuple[Mapping[str, Any], ...] = Field(default=())

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.model_copy(update={"tools": tuple(convert_to_openai_tool(tool) for tool in tools)})

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        served, told = self.told(messages)
        ask = Ask(messages=told, prompt_id=served.id, prompt_sha=served.sha, tools=self.tools, max_tokens=MAX_TOKENS)
        answer = self.client.run(self.account, lambda session: session.ask(ask))
        return ChatResult(generations=[ChatGeneration(message=self.heard(answer.choices[0], len(messages)))])

    @abstractmethod
    def told(self, messages: list[BaseMessage]) -> tuple[Prompt, tuple[Mapping[str, Any], ...]]:
        """The prompt that is counted, and what the model sees, in OpenAI's form."""

    @abstractmethod
    def heard(self, choice: Choice, at: int) -> AIMessage:
        """What the loop gets of an answer; `at`: how many messages there were, for the calls' ids."""


def json_object(text: str) -> dict[str, Any] | None:
    """Arguments of a call as they came; null where they are no JSON object. None at all are an empty one."""
    try:
        made = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return made if isinstance(made, dict) else None
