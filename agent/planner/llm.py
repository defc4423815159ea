"""LlmPlanner: a model behind our own client as the chat model of the loop, so that every fault of it is handled there.

It sees the terms (words of fixed vocabularies and bounded numbers), the tools, and their summaries (identifiers and
counts); never the brief's text, a product's, or a failure's sentence, which may quote either.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage, convert_to_openai_messages
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict, Field

from prompts.load import prompt
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.types import Ask, Choice

MAX_TOKENS = 400


class LlmPlanner(BaseChatModel):
    """One campaign's planning model. Its calls are counted in `account`.

    Raises (from the loop):
        ToolFailure: `llm_…`, a fault or a ceiling; the playbook then finishes the plan.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: LlmClient
    account: Account
    terms: Mapping[str, Any]
    tools: tuple[Mapping[str, Any], ...] = Field(default=())

    @property
    def _llm_type(self) -> str:
        return "briefsmith-llm"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.model_copy(update={"tools": tuple(convert_to_openai_tool(tool) for tool in tools)})

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        terms = prompt("planner_terms")
        said = convert_to_openai_messages([_without_quotes(message) for message in messages])
        rules, *turns = said if isinstance(said, list) else [said]
        told = {**rules, "content": f"{rules['content']}\n\n{terms.render(terms=dict(self.terms))}"}
        ask = Ask(
            messages=(told, *turns),
            prompt_id=terms.id,
            prompt_sha=terms.sha,
            tools=self.tools,
            max_tokens=MAX_TOKENS,
        )
        answer = self.client.run(self.account, lambda session: session.ask(ask))
        return ChatResult(generations=[ChatGeneration(message=self._message(answer.choices[0], len(messages)))])

    def _message(self, choice: Choice, at: int) -> AIMessage:
        """The tool calls that name a tool there is, with the arguments that it has; the others are dropped."""
        known = {tool["function"]["name"]: tool["function"]["parameters"].get("properties", {}) for tool in self.tools}
        calls = []
        for number, call in enumerate(choice.tool_calls):
            arguments = _object(call["arguments"])
            if call["name"] in known and arguments is not None:
                own = {name: value for name, value in arguments.items() if name in known[call["name"]]}
                calls.append(ToolCall(name=call["name"], args=own, id=f"call-{at}-{number}"))
        return AIMessage(content="", tool_calls=calls) if calls else AIMessage(content="Stopped.")


def _without_quotes(message: BaseMessage) -> BaseMessage:
    """A failed tool's answer by its code alone."""
    if not isinstance(message, ToolMessage) or message.status != "error":
        return message
    code = (_object(str(message.content)) or {}).get("failure", "invalid_arguments")
    return ToolMessage(json.dumps({"failure": code}), tool_call_id=message.tool_call_id, name=message.name)


def _object(text: str) -> dict[str, Any] | None:
    try:
        made = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return made if isinstance(made, dict) else None
