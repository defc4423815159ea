"""The product's own client with the model under test behind it: its writer and planner run unchanged in an eval.

What is asked goes to the runner, which counts, caches and logs it; retries and ceilings are the runner's too.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tools.llm.account import Account
from tools.llm.cache import request_sha
from tools.llm.client import LlmClient, Session
from tools.llm.types import Answer, Ask, LlmConfig, Usage

if TYPE_CHECKING:
    from evals.target import Asking

CALL_SECONDS, EVAL_SECONDS = 600.0, 3600.0


class EvalClient(LlmClient):
    """Asks through `asking` in place of a connection of its own."""

    def __init__(self, asking: Asking, model: str, grammar: str = "lengths") -> None:
        given = {"call_seconds": CALL_SECONDS, "max_seconds": EVAL_SECONDS, "grammar": grammar}
        super().__init__(LlmConfig.model_validate({"base_urls": ("http://runner/v1",), "model": model, **given}))
        self.asking = asking

    @asynccontextmanager
    async def session(self, account: Account) -> AsyncIterator[Session]:
        yield EvalSession(self, account, {})


class EvalSession(Session):
    """A fault of the runner's is raised as it is: it ends the case in an error, and is no answer of the model's."""

    async def ask(self, ask: Ask) -> Answer:
        assert isinstance(self.client, EvalClient)
        sha, started = request_sha(ask, self.client.config.model), time.monotonic()
        self.account.reserve(Usage())
        answer = await self.client.asking(ask)
        self.account.settle(Usage(), answer.usage)
        self._note(ask, sha, "cached" if answer.cached else "ok", answer, started=started, attempts=1)
        return answer
