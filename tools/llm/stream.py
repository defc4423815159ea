"""Reading a streamed answer event by event, with a watchdog; the pieces are put together by choice and tool call."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.llm import faults
from tools.llm.types import Answer, Choice, Usage

if TYPE_CHECKING:
    from openai import AsyncStream
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import Choice as ChoiceDelta

BLANK_RUN = 200
"""White space in a row that no answer of ours has: the model is in vLLM's endless-white-space fault."""
MOST_CHARACTERS = 200_000
"""Of one answer; a server that goes on is cut off."""


@dataclass
class _Building:
    text: list[str] = field(default_factory=list)
    blanks: int = 0
    finish_reason: str = ""
    calls: dict[int, dict[str, str]] = field(default_factory=dict)

    def add(self, delta: "ChoiceDelta") -> None:
        piece = delta.delta.content or ""
        if piece:
            self.text.append(piece)
            stripped = piece.rstrip()
            self.blanks = len(piece) - len(stripped) + (0 if stripped else self.blanks)
        for call in delta.delta.tool_calls or []:
            made = self.calls.setdefault(call.index, {"id": "", "name": "", "arguments": ""})
            made["id"] = made["id"] or call.id or ""
            if call.function is not None:
                made["name"] = made["name"] or call.function.name or ""
                made["arguments"] += call.function.arguments or ""
        self.finish_reason = delta.finish_reason or self.finish_reason

    def choice(self) -> Choice:
        calls = tuple(self.calls[at] for at in sorted(self.calls))
        return Choice("".join(self.text), self.finish_reason, calls)


async def collect(stream: "AsyncStream[ChatCompletionChunk]", n: int, silence_seconds: float) -> Answer:
    """The whole answer of a stream, closed in the end.

    Raises:
        faults.Fault: silent for `silence_seconds`, unreadable, endless, or ended before its last choice did.
        openai.APIError: the connection broke.
    """
    building = [_Building() for _ in range(n)]
    usage, length = Usage(), 0
    async with stream:
        async for chunk in _watched(stream, silence_seconds):
            if chunk.usage is not None:
                usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
            for delta in chunk.choices:
                if not 0 <= delta.index < n:
                    raise faults.unreadable("a choice that was not asked for")
                building[delta.index].add(delta)
                length += len(delta.delta.content or "")
            if length > MOST_CHARACTERS or any(one.blanks > BLANK_RUN for one in building):
                raise faults.Fault("llm_endless", "The model's answer does not end.", retry=False, sick=False)
    if any(not one.finish_reason for one in building):
        raise faults.unreadable("it ended before the answer did")
    return Answer(tuple(one.choice() for one in building), usage)


async def _watched(stream: "AsyncStream[ChatCompletionChunk]", seconds: float) -> AsyncIterator["ChatCompletionChunk"]:
    events = aiter(stream)
    while True:
        try:
            async with asyncio.timeout(seconds):
                chunk = await anext(events)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise faults.silence() from error
        except ValueError as error:
            raise faults.unreadable("an event is no JSON") from error
        yield chunk
