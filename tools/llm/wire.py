"""A request as it goes over the wire, and what it can cost at most."""

import json
from typing import Any

from tools.llm.schemas import schema
from tools.llm.types import Answer, Ask, Usage

PER_MESSAGE = 16
"""Tokens of a chat template around one message, at most."""


def body(ask: Ask, model: str) -> dict[str, Any]:
    """The arguments of `chat.completions.create`."""
    request: dict[str, Any] = {
        "model": model,
        "messages": list(ask.messages),
        "n": ask.n,
        "seed": ask.seed,
        "temperature": ask.temperature,
        "max_tokens": ask.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if ask.schema:
        form = {"name": ask.schema, "schema": schema(ask.schema), "strict": True}
        request["response_format"] = {"type": "json_schema", "json_schema": form}
    if ask.tools:
        request["tools"] = list(ask.tools)
    return request


def most(ask: Ask) -> Usage:
    """An upper bound of a request's tokens: no tokenizer of a byte-level vocabulary makes more tokens than bytes."""
    size = len(json.dumps([ask.messages, ask.tools], ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return Usage(size + PER_MESSAGE * len(ask.messages), ask.n * ask.max_tokens)


def bound(ask: Ask, answer: Answer) -> Usage:
    """Where the server does not say what it used: our upper bound."""
    written = sum(len(choice.text.encode("utf-8", "surrogatepass")) for choice in answer.choices)
    return Usage(most(ask).prompt_tokens, min(written, ask.n * ask.max_tokens))
