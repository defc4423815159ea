"""LlmPlanner: a model that leads the planning loop.

It sees the terms (words of fixed vocabularies and bounded numbers), the tools, and their summaries (identifiers and
counts); never the brief's text, a product's, or a failure's sentence, which may quote either.
"""

import json
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage, convert_to_openai_messages

from agent.planner.modelled import Modelled, json_object
from prompts.load import Prompt, prompt
from tools.llm.types import Choice


class LlmPlanner(Modelled):
    """One campaign's planning model. Where it fails, the playbook finishes the plan."""

    terms: Mapping[str, Any]

    @property
    def _llm_type(self) -> str:
        return "briefsmith-llm"

    def told(self, messages: list[BaseMessage]) -> tuple[Prompt, tuple[Mapping[str, Any], ...]]:
        terms = prompt("planner_terms")
        said = convert_to_openai_messages([_without_quotes(message) for message in messages])
        rules, *turns = said if isinstance(said, list) else [said]
        told = {**rules, "content": f"{rules['content']}\n\n{terms.render(terms=dict(self.terms))}"}
        return terms, (told, *turns)

    def heard(self, choice: Choice, at: int) -> AIMessage:
        """The tool calls that name a tool there is, with the arguments that it has; the others are dropped."""
        known = {tool["function"]["name"]: tool["function"]["parameters"].get("properties", {}) for tool in self.tools}
        calls = []
        for number, call in enumerate(choice.tool_calls):
            arguments = json_object(call["arguments"])
            if call["name"] in known and arguments is not None:
                own = {name: value for name, value in arguments.items() if name in known[call["name"]]}
                calls.append(ToolCall(name=call["name"], args=own, id=f"call-{at}-{number}"))
        return AIMessage(content="", tool_calls=calls) if calls else AIMessage(content="Stopped.")


def _without_quotes(message: BaseMessage) -> BaseMessage:
    """A failed tool's answer by its code alone."""
    if not isinstance(message, ToolMessage) or message.status != "error":
        return message
    code = (json_object(str(message.content)) or {}).get("failure", "invalid_arguments")
    return ToolMessage(json.dumps({"failure": code}), tool_call_id=message.tool_call_id, name=message.name)
