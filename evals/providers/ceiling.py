"""What a run may spend on its models: a request that could pass a ceiling is not sent, and ends the asking.

As with a campaign's (`tools.llm.account`), each is reserved at its most before it goes out; near a ceiling it waits
until those before it are paid. What inspect's cache serves costs nothing and is served still, so a run that a ceiling
stopped goes on where it stopped when the ceiling is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from pydantic import Field

from tools.failure import ToolFailure
from tools.llm.account import Account
from tools.llm.types import LlmConfig, Usage
from tools.vocabulary import Model as Frozen

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelAPI, ModelOutput
    from inspect_ai.tool import ToolChoice, ToolInfo

    Generated = ModelOutput | Exception | tuple[ModelOutput | Exception, Any]

MICRO = 1_000_000
NO_END = 10**12
"""Where nothing is asked for: more than any run makes."""


class Ceilings(Frozen):
    """The most of a whole run, its judge's requests among it; null: no ceiling."""

    calls: int | None = Field(default=None, ge=1)
    tokens: int | None = Field(default=None, ge=1)
    cost: float | None = Field(default=None, ge=0)
    """In the currency of the prices."""

    @property
    def any(self) -> bool:
        return (self.calls, self.tokens, self.cost) != (None, None, None)


NO_CEILING = Ceilings()


class CeilingReached(RuntimeError):
    """No failure that the product could adapt to: the case ends in this error."""


class Purse:
    """The run's account, for the requests of all its models."""

    def __init__(self, account: Account) -> None:
        from anyio import Condition

        self.account = account
        self._out = 0
        self._reached = ""
        self._settled = Condition()

    async def take(self, most: Usage) -> None:
        """Reserve a request at its most.

        Raises:
            CeilingReached: it could pass one, and nothing is out that may yet cost less than is reserved for it.
        """
        async with self._settled:
            while not self._reserved(most):
                await self._settled.wait()

    def _reserved(self, most: Usage) -> bool:
        if not self._reached:
            try:
                self.account.reserve(most)
            except ToolFailure as failure:
                if self._out:
                    return False
                self._reached = str(failure.detail["of"])
            else:
                self._out += 1
                return True
        raise CeilingReached(
            f"the run's ceiling of {self._reached} is reached, and nothing more is asked; what was answered is kept: "
            "the same command with a higher ceiling goes on from there"
        )

    async def settle(self, most: Usage, used: Usage) -> None:
        async with self._settled:
            self.account.settle(most, used)
            self._out -= 1
            self._settled.notify_all()


def purse_of(ceilings: Ceilings, prompt_price: float, completion_price: float) -> Purse:
    """The run's purse. Prices are those of a million tokens.

    Raises:
        ToolFailure: `no_prices`, where there is a ceiling on money and nothing costs any.
    """
    if ceilings.cost is not None and not (prompt_price or completion_price):
        raise ToolFailure(
            "no_prices",
            "A ceiling on cost needs what tokens cost: set BRIEFSMITH_LLM_PROMPT_PRICE and "
            "BRIEFSMITH_LLM_COMPLETION_PRICE, prices of a million.",
        )
    config = LlmConfig(
        base_urls=("http://runner/v1",),
        model="",
        max_calls=ceilings.calls or NO_END,
        max_tokens=ceilings.tokens or NO_END,
        max_seconds=NO_END,
        max_cost_micro=None if ceilings.cost is None else round(ceilings.cost * 100 * MICRO),
        prompt_price_micro=round(prompt_price * 100),
        completion_price_micro=round(completion_price * 100),
    )
    return Purse(Account(config))


def metered(model: Model, purse: Purse) -> Model:
    """The same model, each of its real requests reserved and settled. Inspect's cache stands before it."""
    from inspect_ai.model import Model as InspectModel

    return InspectModel(cast("ModelAPI", Metered(model.api, purse)), model.config, model.model_args)


class Metered:
    """A provider of inspect's, whichever it is, behind a purse; in everything else it is that provider."""

    def __init__(self, api: ModelAPI, purse: Purse) -> None:
        self._api, self._purse = api, purse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> Generated:
        from anyio import CancelScope

        used = most = most_of(input, tools, config)
        await self._purse.take(most)
        try:
            found = await self._api.generate(input=input, tools=tools, tool_choice=tool_choice, config=config)
            used = _used(found) or most
        finally:
            # One that is called off was sent all the same.
            with CancelScope(shield=True):
                await self._purse.settle(most, used)
        return found


def most_of(input: Sequence[ChatMessage], tools: Sequence[ToolInfo], config: GenerateConfig) -> Usage:
    """An upper bound of a request's tokens: no tokenizer of a byte-level vocabulary makes more tokens than bytes."""
    sent = [one.model_dump_json(exclude_none=True) for one in (*input, *tools)]
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in sent)
    return Usage(size, (config.num_choices or 1) * (config.max_tokens or 0))


def _used(found: Generated) -> Usage | None:
    """What the server says that it used; null where it failed or does not say."""
    output = found[0] if isinstance(found, tuple) else found
    used = None if isinstance(output, Exception) else output.usage
    return Usage(used.input_tokens, used.output_tokens) if used else None
