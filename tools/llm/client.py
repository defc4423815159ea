"""The one client for a model behind an OpenAI-compatible server (vLLM): every fault of it ends as a `ToolFailure`.

`LlmClient` keeps what outlives a campaign (which replica is ejected, the cache); a `session` holds the connections of
one event loop and writes to one campaign's account. Streaming always, because only a stream shows that it stopped.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tools.failure import ToolFailure
from tools.llm import wire
from tools.llm.account import Account
from tools.llm.cache import Cache, request_sha
from tools.llm.context import Context
from tools.llm.redact import redact, redacted
from tools.llm.replicas import Replica, Replicas, Ticket
from tools.llm.types import Answer, Ask, LlmCall, LlmConfig, Outcome, Usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from tenacity import AsyncRetrying, RetryCallState

    from tools.llm.faults import Fault
    from tools.llm.watch import Watch

_T = TypeVar("_T")
CONNECT_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.2
"""How often a waiting request looks for a place that another session has given back."""
TOKEN = Ask(({"role": "user", "content": "Say yes."},), "probe", "", max_tokens=1)
"""The request that a server answers if it lives at all."""


class LlmClient:
    """Made once from the settings; opens nothing until a session does."""

    def __init__(self, config: LlmConfig, cache_folder: Path | None = None) -> None:
        self.config = config
        self.cache = Cache(cache_folder) if cache_folder else None
        self.replicas = Replicas(
            [Replica(url) for url in config.base_urls],
            config.eject_seconds,
            most=config.concurrency,
            brisk_seconds=config.call_seconds / 2,
        )
        self.context = Context(config.model)

    @asynccontextmanager
    async def session(self, account: Account) -> AsyncIterator["Session"]:
        from openai import AsyncOpenAI, Timeout

        timeout = Timeout(None, connect=min(CONNECT_SECONDS, self.config.call_seconds))
        async with AsyncExitStack() as stack:
            clients = {
                url: await stack.enter_async_context(
                    AsyncOpenAI(base_url=url, api_key=self.config.api_key, max_retries=0, timeout=timeout)
                )
                for url in self.config.base_urls
            }
            yield Session(self, account, clients)

    def run(self, account: Account, work: "Callable[[Session], Awaitable[_T]]") -> _T:
        """Run `work` in a session, from code without an event loop or with one: it gets a loop of its own."""
        from anyio.from_thread import start_blocking_portal

        async def inside() -> _T:
            async with self.session(account) as session:
                return await work(session)

        with start_blocking_portal() as portal:
            return portal.call(inside)


@dataclass(frozen=True)
class Session:
    """Connections of one event loop, one campaign's account."""

    client: LlmClient
    account: Account
    connections: "dict[str, AsyncOpenAI]"
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Who waits for a place at a server: first come, first served."""
    _freed: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, ask: Ask) -> Answer:
        """The answer to one request, from the cache where it is known.

        Raises:
            ToolFailure: `llm_unavailable`, `llm_unreachable`, `llm_busy`, `llm_silent`, `llm_unreadable`,
                `llm_endless`, `llm_rejected`, `llm_too_long`, `llm_deadline`, `llm_ceiling`.
        """
        sha = request_sha(ask, self.client.config.model)
        known = self.client.cache.get(sha) if self.client.cache and ask.schema else None
        if known is not None:
            self._note(ask, sha, "cached", known, started=time.monotonic())
            return known
        started, tries = time.monotonic(), [0]
        try:
            answer = await self._in_time(ask, tries)
        except ToolFailure as failure:
            self._note(ask, sha, "failed", Answer(()), started=started, error=failure.code, attempts=tries[0])
            raise
        self._note(ask, sha, "ok", answer, started=started, attempts=tries[0])
        if self.client.cache and ask.schema:
            self.client.cache.put(sha, answer)
        return answer

    async def _in_time(self, ask: Ask, tries: list[int]) -> Answer:
        """Tries within the campaign's seconds; a request's own deadline runs only while it is at a server."""
        from tools.llm.faults import Fault

        spent = 0.0
        try:
            async with asyncio.timeout(self.account.seconds_left()):
                async for attempt in _retrying(self.client.config.attempts):
                    with attempt:
                        ticket = await self._place()
                        tries[0] += 1
                        try:
                            return await self._try(ask, ticket, spent)
                        finally:
                            spent += time.monotonic() - ticket.sent
        except TimeoutError as error:
            raise self.account.over("seconds") from error
        except Fault as fault:
            raise ToolFailure(fault.code, str(fault)) from fault
        raise AssertionError("a retry loop ends by returning or raising")

    async def _place(self) -> Ticket:
        """A place at a server, waited for where all are full."""
        async with self._turn:
            while (ticket := self.client.replicas.pick()) is None:
                self._freed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                        await self._freed.wait()
        return ticket

    async def _try(self, ask: Ask, ticket: Ticket, spent: float) -> Answer:
        """One request at one server: its place is given back and its tokens are settled, whatever becomes of it."""
        from tools.llm.faults import Fault

        replicas, most = self.client.replicas, wire.most(ask)
        give_back: Callable[[Ticket], None] = replicas.refused
        try:
            await self.client.context.fits(self.connections[ticket.replica.base_url], ask, most.prompt_tokens)
            with self.account.reserved(most) as bill:
                try:
                    answer = await self._answer(ask, ticket.replica, spent)
                except Fault as fault:
                    give_back = _after(replicas, fault)
                    bill.used = Usage() if fault.unwritten else most
                    raise
                give_back = replicas.succeeded
                bill.used = answer.usage if answer.usage.completion_tokens else wire.bound(ask, answer)
                return answer
        finally:
            give_back(ticket)
            self._freed.set()

    async def _answer(self, ask: Ask, replica: Replica, spent: float) -> Answer:
        """Within the request's deadline, of which `spent` seconds have gone, while the server lives.

        Raises:
            Fault: whatever went wrong.
        """
        from openai import APIError

        from tools.llm.faults import fault_of, late

        seconds = replica.deadline(self.client.config.call_seconds)
        try:
            async with asyncio.timeout(seconds - spent):
                return await self._watch.over(replica, self._stream(ask, replica, replica.hear))
        except TimeoutError as error:
            raise late(seconds) from error
        except APIError as error:
            raise fault_of(error) from error

    async def _stream(self, ask: Ask, replica: Replica, heard: Callable[[], None]) -> Answer:
        from tools.llm.stream import collect

        request = wire.body(ask, self.client.config.model)
        return await collect(await self.connections[replica.base_url].chat.completions.create(**request), ask.n, heard)

    @cached_property
    def _watch(self) -> "Watch":
        from tools.llm.watch import Watch

        return Watch(self.client.config.silence_seconds, self._lives)

    async def _lives(self, replica: Replica) -> bool:
        """Whether the server writes a token, or is alive enough to say that it is busy. It is paid for like any."""
        from openai import APIError, APIStatusError

        from tools.llm.faults import BUSY, Fault

        with self.account.reserved(wire.most(TOKEN)):
            try:
                async with asyncio.timeout(self.client.config.silence_seconds):
                    await self._stream(TOKEN, replica, lambda: None)
            except APIStatusError as error:
                return error.status_code in BUSY
            except (APIError, Fault, TimeoutError):
                return False
        return True

    def _note(
        self,
        ask: Ask,
        sha: str,
        outcome: Outcome,
        answer: Answer,
        *,
        started: float,
        error: str = "",
        attempts: int = 0,
    ) -> None:
        messages = tuple({"role": str(m["role"]), "content": redact(str(m.get("content") or ""))} for m in ask.messages)
        spoken = (choice.text or json.dumps(choice.tool_calls) for choice in answer.choices)
        self.account.trace.append(
            LlmCall(
                seq=len(self.account.trace) + 1,
                prompt_id=ask.prompt_id,
                prompt_sha=ask.prompt_sha,
                request_sha=sha,
                model=self.client.config.model,
                outcome=outcome,
                error=error,
                attempts=attempts,
                prompt_tokens=answer.usage.prompt_tokens,
                completion_tokens=answer.usage.completion_tokens,
                ms=round(1000 * (time.monotonic() - started)),
                messages=messages,
                answers=redacted(spoken),
            )
        )


def _after(replicas: Replicas, fault: "Fault") -> Callable[[Ticket], None]:
    """How a place is given back after a fault."""
    if fault.blame == "silent":
        return lambda ticket: replicas.failed(ticket, silent=True)
    return {"request": replicas.refused, "busy": replicas.overloaded, "sick": replicas.failed}[fault.blame]


def _retrying(attempts: int) -> "AsyncRetrying":
    """Exponential back-off with full jitter; where the server names a time, at least that."""
    from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

    from tools.llm.faults import Fault

    jitter = wait_random_exponential(multiplier=0.25, max=4)

    def wait(state: "RetryCallState") -> float:
        error = state.outcome.exception() if state.outcome else None
        return max(jitter(state), error.wait if isinstance(error, Fault) else 0.0)

    return AsyncRetrying(
        stop=stop_after_attempt(attempts),
        wait=wait,
        retry=retry_if_exception(lambda error: isinstance(error, Fault) and error.retry),
        reraise=True,
    )
