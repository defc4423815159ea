"""Does a request fit the model's context? Found out before it is sent: what is too long would be refused, or cut."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.llm.types import Ask

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@dataclass
class Context:
    """The context length of one model, asked for once; a server that does not say it is taken at its word later."""

    model: str
    tokens: int | None = None
    """Null: not asked yet, or not told."""
    _asked: set[str] = field(default_factory=set)

    async def fits(self, connection: "AsyncOpenAI", ask: Ask, most_tokens: int) -> None:
        """Counted by the server itself (vLLM's `/tokenize`), and only where our upper bound leaves it in doubt.

        Args:
            most_tokens: no prompt of `ask` has more.

        Raises:
            ToolFailure: `llm_too_long`, with both lengths.
        """
        if str(connection.base_url) not in self._asked:
            self._asked.add(str(connection.base_url))
            self.tokens = await context_tokens(connection, self.model) or self.tokens
        if self.tokens is None or most_tokens + ask.max_tokens <= self.tokens:
            return
        counted = await prompt_tokens(connection, self.model, ask)
        if counted is not None and counted + ask.max_tokens > self.tokens:
            raise ToolFailure(
                "llm_too_long",
                f"The request has {counted} tokens and may be answered with {ask.max_tokens}; "
                f"the model's context has {self.tokens}.",
                prompt_tokens=counted,
                context_tokens=self.tokens,
            )


async def context_tokens(connection: "AsyncOpenAI", model: str) -> int | None:
    """vLLM's own field of `/v1/models`; an adapter's is its base model's. Other servers leave it out."""
    from openai import APIError

    try:
        models = {one.id: one for one in (await connection.models.list(timeout=_SECONDS)).data}
    except APIError:
        return None
    own = models.get(model)
    parent = models.get(str(getattr(own, "parent", None)))
    lengths = [getattr(one, "max_model_len", None) for one in (own, parent) if one is not None]
    return next((length for length in lengths if isinstance(length, int) and length > 0), None)


async def prompt_tokens(connection: "AsyncOpenAI", model: str, ask: Ask) -> int | None:
    """As the server's tokenizer and chat template count it; null where it has no `/tokenize`."""
    from openai import APIError

    request = {"model": model, "messages": list(ask.messages), "tools": list(ask.tools) or None}
    place = f"{str(connection.base_url).rstrip('/').removesuffix('/v1')}/tokenize"
    try:
        told = await connection.post(place, cast_to=object, body=request, options={"timeout": _SECONDS})
    except APIError:
        return None
    count = told.get("count") if isinstance(told, dict) else None
    return count if isinstance(count, int) else None


_SECONDS = 5.0
