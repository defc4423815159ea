"""What a model's server can do, found out by asking it: for `doctor`, and for choosing who writes."""

import time

from pydantic import Field

from tools.failure import ToolFailure
from tools.llm.account import Account
from tools.llm.client import TOKEN, LlmClient, Session
from tools.llm.context import context_tokens
from tools.llm.schemas import read
from tools.llm.types import Ask, LlmConfig
from tools.vocabulary import Model

PROBE_SECONDS = 10.0


class LlmFound(Model):
    """Null: could not be found out. `problem` is empty where the model answers."""

    model: str
    base_urls: tuple[str, ...]
    answers: bool
    context_tokens: int | None = Field(default=None, ge=1)
    schemas: bool | None = None
    tools: bool | None = None
    tokens_per_second: float | None = None
    """Of one stream, not of the server at full load."""
    problem: str = ""


def probe(config: LlmConfig, seconds: float = PROBE_SECONDS) -> str:
    """Ask for one token: a server whose engine is dead still says that it is healthy. Empty, or what is wrong."""
    brisk = config.model_copy(update={"attempts": 1, "call_seconds": seconds, "silence_seconds": seconds})
    try:
        LlmClient(brisk).run(Account(brisk), lambda session: session.ask(TOKEN))
    except ToolFailure as failure:
        return failure.message
    return ""


def inspect(config: LlmConfig) -> LlmFound:
    """Probe, then ask for a schema, a tool call and a hundred tokens."""
    found = LlmFound(model=config.model, base_urls=config.base_urls, answers=False)
    problem = probe(config)
    if problem:
        return found.model_copy(update={"problem": problem})
    patient = config.model_copy(update={"attempts": 1})
    return LlmClient(patient).run(Account(patient), lambda session: _inspect(session, found))


def calls_tools(config: LlmConfig) -> bool:
    """Whether the server takes tools and the model calls one when it is told to: a planner has to."""
    brisk = config.model_copy(update={"attempts": 1, "call_seconds": min(config.call_seconds, 3 * PROBE_SECONDS)})
    return LlmClient(brisk).run(Account(brisk), _tools)


async def _inspect(session: Session, found: LlmFound) -> LlmFound:
    connection = next(iter(session.connections.values()))
    return found.model_copy(
        update={
            "answers": True,
            "context_tokens": await context_tokens(connection, found.model),
            "schemas": await _schemas(session),
            "tools": await _tools(session),
            "tokens_per_second": await _speed(session),
        }
    )


def _ask(text: str, *, max_tokens: int, schema: str | None = None, tools: tuple[dict[str, object], ...] = ()) -> Ask:
    message = {"role": "user", "content": text}
    return Ask((message,), "probe", "", schema=schema, tools=tools, max_tokens=max_tokens)


async def _schemas(session: Session) -> bool:
    try:
        answer = await session.ask(_ask("Write a short greeting.", max_tokens=200, schema="copy_sms"))
    except ToolFailure:
        return False
    return any(read("copy_sms", choice.text) is not None for choice in answer.choices)


async def _tools(session: Session) -> bool:
    function = {"name": "add_up", "description": "Add two numbers.", "parameters": _TWO}
    try:
        asked = _ask(
            "Call the tool: add two and two.", max_tokens=100, tools=({"type": "function", "function": function},)
        )
        answer = await session.ask(asked)
    except ToolFailure:
        return False
    return any(call["name"] == "add_up" for choice in answer.choices for call in choice.tool_calls)


_TWO = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "required": ["a", "b"],
}


async def _speed(session: Session) -> float | None:
    started = time.monotonic()
    try:
        answer = await session.ask(_ask("Describe a market hall in a few sentences.", max_tokens=100))
    except ToolFailure:
        return None
    return round(answer.usage.completion_tokens / (time.monotonic() - started), 1) or None
