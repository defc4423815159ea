"""What a discount adds, by the shop's own prices where a model of them fits; else the assumption, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agent.training.price import NAME
from tools.failure import ToolFailure
from tools.response.assumptions import Assumed, Assumptions

if TYPE_CHECKING:
    from agent.workspace import Workspace


@dataclass(frozen=True)
class Priced:
    """The assumptions with the response to discounts that the plan counts with."""

    assumptions: Assumptions
    told: str | None
    """For the trace: the model's name, or why it is not used; null where none was trained."""


def priced(work: Workspace) -> Priced:
    """`discount_response` by the trained model of prices where it fits, is better than none, and may be known."""
    from tools.response.logistic import schema_sha
    from tools.response.price.model import PriceModel
    from tools.response.price.train import PRICED
    from tools.response.shelf import current, must_fit

    assumptions, store = work.deps.assumptions, work.deps.store
    try:
        stored = current(work.deps.settings.home, NAME)
        if stored is None:
            return Priced(assumptions, None)
        model = PriceModel.model_validate_json(stored.read("model.json"))
        must_fit(stored.card, schema_sha=schema_sha(model.names), shop=store.info.name, today=work.today.isoformat())
        saved = stored.card.figure(PRICED)
        if saved is None or saved.low is None or saved.low <= 0:
            message = "on weeks that it had not seen, its prices told demand no better than promotions alone"
            raise ToolFailure("model_no_better", message)
    except ToolFailure as failure:
        return _fallen_back(assumptions, failure.code, failure.message)
    except ValidationError as error:
        return _fallen_back(assumptions, "damaged_model", f"its parameters cannot be read: {error.errors()[0]['msg']}")
    name = f"{NAME}-{stored.card.model_sha}"
    elasticity = model.whole
    source = (
        f"the shop's own prices (model {name}, {len(model.products):,} products until {stored.card.as_of}): demand "
        f"falls by {-elasticity.estimate:.2f} % for each per cent that all prices rise; observational, as no "
        "price was drawn by lot, and what holds for demand is taken to hold for what contact adds"
    )
    measured = Assumed(
        estimate=-elasticity.estimate,
        low=-elasticity.high,
        high=-elasticity.low,
        basis="observational",
        source=source,
        verified=True,
    )
    return Priced(assumptions.model_copy(update={"discount_response": measured}), name)


def _fallen_back(assumptions: Assumptions, code: str, why: str) -> Priced:
    assumed = assumptions.discount_response
    said = assumed.model_copy(update={"source": f"{assumed.source}; the trained model of prices is not used: {why}"})
    return Priced(assumptions.model_copy(update={"discount_response": said}), f"not used: {code}")
