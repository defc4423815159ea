"""What one campaign has spent on a model, and the ceilings that it never passes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tools.failure import ToolFailure
from tools.llm.types import LlmCall, LlmConfig, Usage


@dataclass
class Bill:
    """What a request has used; its most, until something better is known."""

    used: Usage


@dataclass
class Account:
    """Calls, tokens, seconds and money of one campaign. A request is reserved at its most before it is sent.

    Counts every request that went out. One that failed without an answer to count costs what it could have cost at
    most, since the server may have written it; the cache's answers cost nothing.
    """

    config: LlmConfig
    clock: Callable[[], float] = time.monotonic
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reserved_tokens: int = 0
    reserved_micro: int = 0
    trace: list[LlmCall] = field(default_factory=list)
    _started: float | None = None

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def cost_micro(self) -> int:
        return self._price(Usage(self.prompt_tokens, self.completion_tokens))

    @property
    def seconds(self) -> float:
        """Since the first request."""
        return 0.0 if self._started is None else self.clock() - self._started

    def seconds_left(self) -> float:
        return self.config.max_seconds - self.seconds

    def reserve(self, most: Usage) -> None:
        """Before a request is sent.

        Raises:
            ToolFailure: `llm_ceiling`, naming the ceiling that the request could pass.
        """
        if self._started is None:
            self._started = self.clock()
        tokens = most.prompt_tokens + most.completion_tokens
        over = {
            "calls": self.calls >= self.config.max_calls,
            "tokens": self.tokens + self.reserved_tokens + tokens > self.config.max_tokens,
            "seconds": self.seconds_left() <= 0,
            "cost": self.config.max_cost_micro is not None
            and self.cost_micro + self.reserved_micro + self._price(most) > self.config.max_cost_micro,
        }
        for name, passed in over.items():
            if passed:
                raise self.over(name)
        self.calls += 1
        self.reserved_tokens += tokens
        self.reserved_micro += self._price(most)

    def over(self, ceiling: str) -> ToolFailure:
        """The failure of a request that a ceiling stops."""
        return ToolFailure("llm_ceiling", f"The campaign's ceiling of {ceiling} for the model is reached.", of=ceiling)

    def settle(self, most: Usage, used: Usage) -> None:
        """After a request, whatever became of it."""
        self.reserved_tokens -= most.prompt_tokens + most.completion_tokens
        self.reserved_micro -= self._price(most)
        self.prompt_tokens += used.prompt_tokens
        self.completion_tokens += used.completion_tokens

    @contextmanager
    def reserved(self, most: Usage) -> Iterator["Bill"]:
        """A request while it is out: reserved at its most, and settled in the end by what the bill says.

        Raises:
            ToolFailure: as `reserve` does.
        """
        self.reserve(most)
        bill = Bill(most)
        try:
            yield bill
        finally:
            self.settle(most, bill.used)

    def _price(self, usage: Usage) -> int:
        return (
            usage.prompt_tokens * self.config.prompt_price_micro
            + usage.completion_tokens * self.config.completion_price_micro
        )
