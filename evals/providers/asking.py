"""A request of the product's, asked of a model of inspect's: its cache, limits, retries and log hold for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, cast

from evals.target import Asking
from tools.llm.schemas import schema
from tools.llm.types import Answer, Ask, Choice, Usage

if TYPE_CHECKING:
    from inspect_ai.model import GenerateConfig, Model, ModelOutput
    from inspect_ai.tool import ToolInfo

FINISHED = {"stop": "stop", "tool_calls": "tool_calls", "max_tokens": "length"}


def asking(model: Model, *, cache: bool | None, asked: dict[str, str]) -> Asking:
    """Asks `model` in the event loop and context of the caller, from whatever loop and thread it is then called in.

    Args:
        cache: serve what was asked before from inspect's cache, and keep what is asked now, without end; null: as
            inspect was started.
        asked: gets the id and hash of every prompt that is asked.
    """
    loop, context = asyncio.get_running_loop(), copy_context()

    async def ask(request: Ask) -> Answer:
        asked[request.prompt_id] = request.prompt_sha
        made = _generate(model, request, cache)
        return await asyncio.wrap_future(context.copy().run(asyncio.run_coroutine_threadsafe, made, loop))

    return ask


async def _generate(model: Model, request: Ask, cache: bool | None) -> Answer:
    from inspect_ai.model import CachePolicy, messages_from_openai

    kept: dict[str, Any] = {} if cache is None else {"cache": CachePolicy(expiry=None) if cache else False}
    messages = await messages_from_openai([cast(Any, dict(message)) for message in request.messages])
    output = await model.generate(
        messages,
        tools=[_tool(tool["function"]) for tool in request.tools],
        config=config_of(request),
        **kept,
    )
    if output.error:
        raise ConnectionError(output.error)
    return answer_of(output)


def config_of(request: Ask) -> GenerateConfig:
    from inspect_ai.model import GenerateConfig, ResponseSchema
    from inspect_ai.util import JSONSchema

    form = None
    if request.schema:
        body = JSONSchema.model_validate(schema(request.schema))
        form = ResponseSchema(name=request.schema, json_schema=body, strict=True)
    return GenerateConfig(
        temperature=request.temperature,
        seed=request.seed,
        max_tokens=request.max_tokens,
        num_choices=request.n if request.n > 1 else None,
        response_schema=form,
    )


def _tool(function: Mapping[str, Any]) -> ToolInfo:
    from inspect_ai.tool import ToolInfo, ToolParams

    parameters = ToolParams.model_validate(dict(function.get("parameters") or {}))
    return ToolInfo(name=function["name"], description=function.get("description", ""), parameters=parameters)


def answer_of(output: ModelOutput) -> Answer:
    choices = tuple(
        Choice(
            text=choice.message.text,
            finish_reason=FINISHED.get(choice.stop_reason, choice.stop_reason),
            tool_calls=tuple(
                {"name": call.function, "arguments": json.dumps(call.arguments)}
                for call in choice.message.tool_calls or ()
            ),
        )
        for choice in output.choices
    )
    used = output.usage
    return Answer(choices, Usage(used.input_tokens, used.output_tokens) if used else Usage())
