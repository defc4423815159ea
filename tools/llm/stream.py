"""Reading a streamed answer event by event; the pieces are put together by choice and tool call."""

from collections.abc import AsyncIterator, Callable
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


async def collect(stream: "AsyncStream[ChatCompletionChunk]", n: int, heard: Callable[[], None]) -> Answer:
    """The whole answer of a stream, closed in the end; `heard` is called at each event.

    Raises:
        faults.Fault: unreadable, endless, or ended before its last choice did.
        openai.APIError: the connection broke.
    """
    building = [_Building() for _ in range(n)]
    usage, length = Usage(), 0
    async with stream:
        async for chunk in _readable(stream):
            heard()
            if chunk.usage is not None:
                usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
            for delta in chunk.choices:
                if not 0 <= delta.index < n:
                    raise faults.unreadable("a choice that was not asked for")
                building[delta.index].add(delta)
                length += len(delta.delta.content or "")
            if length > MOST_CHARACTERS or any(one.blanks > BLANK_RUN for one in building):
                raise faults.endless()
    if any(not one.finish_reason for one in building):
        raise faults.unreadable("it ended before the answer did")
    return Answer(tuple(one.choice() for one in building), usage)


async def _readable(stream: "AsyncStream[ChatCompletionChunk]") -> AsyncIterator["ChatCompletionChunk"]:
    events = aiter(stream)
    while True:
        try:
            chunk = await anext(events)
        except StopAsyncIteration:
            return
        except ValueError as error:
            raise faults.unreadable("an event is no JSON") from error
        yield chunk
