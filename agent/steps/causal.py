"""What contact changes, by the shop's own randomised campaigns where a model of them fits; else why not, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agent.training.uplift import NAME, purchases_of
from agent.workspace import Workspace
from tools.failure import ToolFailure
from tools.response.forecast import ChannelEffect
from tools.vocabulary import Channel

if TYPE_CHECKING:
    from tools.response.uplift.model import Uplift


@dataclass(frozen=True)
class Causal:
    """`tau`: channel → τ̂ by customer_id, for the channels that a randomised campaign has tried without an offer."""

    told: str
    """For the trace: the model's name, or why it is not used."""
    uplifts: Mapping[Channel, Uplift] = field(default_factory=dict)
    tau: Mapping[Channel, Mapping[str, float]] = field(default_factory=dict)
    unused: str = ""

    def among(self, customers: Sequence[str]) -> dict[Channel, ChannelEffect]:
        """What each channel changes for these customers; empty where there is nobody."""
        import numpy as np

        if not customers:
            return {}
        return {
            channel: ChannelEffect(
                shift=uplift.among(np.array([self.tau[channel][one] for one in customers], dtype=np.float64)),
                days=uplift.days,
                source=uplift.source(self.told),
            )
            for channel, uplift in self.uplifts.items()
        }


def causal_of(work: Workspace) -> Causal | None:
    """The trained uplift of the plan's channels; null where none was trained, or none of these channels was tried."""
    from tools.response.logistic import schema_sha
    from tools.response.shelf import current, must_fit
    from tools.response.uplift.model import UpliftModel, ranked
    from tools.response.uplift.rows import featured

    store = work.deps.store
    try:
        stored = current(work.deps.settings.home, NAME)
        if stored is None or work.audience is None:
            return None
        model = UpliftModel.model_validate_json(stored.read("model.json"))
        sha = schema_sha(model.columns.names)
        must_fit(stored.card, schema_sha=sha, shop=store.info.name, today=work.today.isoformat())
        found = {channel: model.of(channel) for channel in work.terms.channels}
        uplifts = {channel: one for channel, one in found.items() if one is not None}
        if not uplifts:
            return None
        ids = work.audience.members["customer_id"]
        past = purchases_of(work.deps, work.today) if model.columns.past else None
        x = featured(store.frame("customers"), ids, model.columns, past, work.today)
        tau = {
            channel: dict(zip(ids.tolist(), ranked(one, stored, x).tolist(), strict=True))
            for channel, one in uplifts.items()
        }
    except ToolFailure as failure:
        return Causal(told=f"not used: {failure.code}", unused=failure.message)
    except ValidationError as error:
        return Causal(
            told="not used: damaged_model", unused=f"its parameters cannot be read: {error.errors()[0]['msg']}"
        )
    return Causal(told=f"{NAME}-{stored.card.model_sha}", uplifts=uplifts, tau=tau)
