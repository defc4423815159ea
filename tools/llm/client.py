"""The one client for a model behind an OpenAI-compatible server (vLLM): every fault of it ends as a `ToolFailure`.

`LlmClient` keeps what outlives a campaign (which replica is ejected, the cache); a `session` holds the connections of
one event loop and writes to one campaign's account. Streaming always, because only a stream shows that it stopped.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tools.failure import ToolFailure
from tools.llm.account import Account
from tools.llm.cache import Cache, request_sha
from tools.llm.redact import redact, redacted
from tools.llm.replicas import Replica, Replicas
from tools.llm.schemas import schema
from tools.llm.types import Answer, Ask, LlmCall, LlmConfig, Outcome, Usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from tenacity import AsyncRetrying, RetryCallState

_T = TypeVar("_T")
PER_MESSAGE = 16
"""Tokens of a chat template around one message, at most."""


class LlmClient:
    """Made once from the settings; opens nothing until a session does."""

    def __init__(self, config: LlmConfig, cache_folder: Path | None = None) -> None:
        self.config = config
        self.cache = Cache(cache_folder) if cache_folder else None
        self.replicas = Replicas([Replica(url) for url in config.base_urls], config.eject_seconds)

    @asynccontextmanager
    async def session(self, account: Account) -> AsyncIterator["Session"]:
        from openai import AsyncOpenAI, Timeout

        timeout = Timeout(self.config.call_seconds, connect=min(5.0, self.config.call_seconds))
        async with AsyncExitStack() as stack:
            clients = {
                url: await stack.enter_async_context(
                    AsyncOpenAI(base_url=url, api_key=self.config.api_key, max_retries=0, timeout=timeout)
                )
                for url in self.config.base_urls
            }
            yield Session(self, account, clients, asyncio.Semaphore(self.config.concurrency))

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
    gate: asyncio.Semaphore

    async def ask(self, ask: Ask) -> Answer:
        """The answer to one request, from the cache where it is known.

        Raises:
            ToolFailure: `llm_unavailable`, `llm_unreachable`, `llm_busy`, `llm_silent`, `llm_unreadable`,
                `llm_endless`, `llm_rejected`, `llm_deadline`, `llm_ceiling`.
        """
        sha = request_sha(ask, self.client.config.model)
        known = self.client.cache.get(sha) if self.client.cache and ask.schema else None
        if known is not None:
            self._note(ask, sha, "cached", known, started=time.monotonic())
            return known
        async with self.gate:
            started = time.monotonic()
            tries = [0]
            try:
                answer = await self._within_deadline(ask, tries)
            except ToolFailure as failure:
                self._note(ask, sha, "failed", Answer(()), started=started, error=failure.code, attempts=tries[0])
                raise
        self._note(ask, sha, "ok", answer, started=started, attempts=tries[0])
        if self.client.cache and ask.schema:
            self.client.cache.put(sha, answer)
        return answer

    async def _within_deadline(self, ask: Ask, tries: list[int]) -> Answer:
        from tools.llm.faults import Fault

        seconds = min(self.client.config.call_seconds, self.account.seconds_left())
        try:
            async with asyncio.timeout(seconds):
                async for attempt in _retrying(self.client.config.attempts):
                    with attempt:
                        tries[0] += 1
                        return await self._try(ask)
        except TimeoutError as error:
            raise ToolFailure("llm_deadline", f"The model gave no answer within {seconds:.3g} s.") from error
        except Fault as fault:
            raise ToolFailure(fault.code, str(fault)) from fault
        raise AssertionError("a retry loop ends by returning or raising")

    async def _try(self, ask: Ask) -> Answer:
        from openai import APIError, APIStatusError

        from tools.llm.faults import Fault, fault_of
        from tools.llm.stream import collect

        replicas, most = self.client.replicas, _most(ask)
        self.account.reserve(most)
        used = Usage()
        try:
            replica = replicas.pick()
            try:
                stream: Any = await self.connections[replica.base_url].chat.completions.create(**self._request(ask))
                answer = await collect(stream, ask.n, self.client.config.silence_seconds)
            except (APIError, Fault) as error:
                fault = error if isinstance(error, Fault) else fault_of(error)
                used = Usage() if isinstance(error, APIStatusError) else most
                replicas.failed(replica, silent=fault.silent) if fault.sick else replicas.refused(replica)
                raise fault from error
            except asyncio.CancelledError:
                used = most
                replicas.failed(replica, silent=True)
                raise
            replicas.succeeded(replica)
            used = answer.usage if answer.usage.completion_tokens else _bound(ask, answer)
            return answer
        finally:
            self.account.settle(most, used)

    def _request(self, ask: Ask) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self.client.config.model,
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


def _most(ask: Ask) -> Usage:
    """An upper bound of a request's tokens: no tokenizer of a byte-level vocabulary makes more tokens than bytes."""
    size = len(json.dumps([ask.messages, ask.tools], ensure_ascii=False).encode())
    return Usage(size + PER_MESSAGE * len(ask.messages), ask.n * ask.max_tokens)


def _bound(ask: Ask, answer: Answer) -> Usage:
    """Where the server does not say what it used: our upper bound."""
    written = sum(len(choice.text.encode("utf-8", "surrogatepass")) for choice in answer.choices)
    return Usage(_most(ask).prompt_tokens, min(written, ask.n * ask.max_tokens))


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
