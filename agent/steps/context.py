"""The facts that the checks are held against, gathered in one place."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agent.steps.quiet import send_hours
from agent.workspace import Workspace
from tools.compliance.message import AudienceFacts, Context, Message
from tools.copywriter.slots import slot_values
from tools.copywriter.types import CopyItem, CopyRequest
from tools.failure import ToolFailure
from tools.response.offers import NO_OFFER

if TYPE_CHECKING:
    import pandas as pd

EXAMPLE_NAMES = {"en": "Alex", "zh": "小林"}
"""The customer that an example is rendered for."""


def context_of(work: Workspace) -> Context:
    """The campaign's facts; offer and products are replaced message by message."""
    info, terms, fields = work.deps.store.info, work.terms, work.brief.fields
    return Context(
        today=work.today,
        market=info.market,
        channels=terms.channels,
        window=terms.window,
        currency=terms.currency,
        offer=NO_OFFER,
        max_discount_pct=fields.max_discount_pct,
        products=tuple({choice.product_id: choice.fact for choice in work.products}.values()),
        sender=info.sender,
        allowed_codes=(work.code,),
        audience=_audience_facts(work),
        send_hours=_send_hours(work),
        send_hours_local=True,
        must_avoid=work.brief.must_avoid,
    )


def _send_hours(work: Workspace) -> tuple[int, int]:
    """The hours of sending that the brief's quiet hours leave.

    Raises:
        ToolFailure: `quiet_hours`, where they leave none, or are not understood: they are never passed over.
    """
    hours = send_hours(work.brief.quiet_hours)
    if hours is None:
        raise ToolFailure(
            "quiet_hours",
            f"The quiet hours “{work.brief.quiet_hours}” leave no hours of sending that can be planned: say the hours "
            "in which messages may go out, such as “only between 10:00 and 17:00”.",
        )
    return hours


def message_of(work: Workspace, item: CopyItem, request: CopyRequest) -> Message:
    """The example of one copy, as the checks look at it."""
    return Message(
        copy_id=item.copy_id,
        channel=item.channel,
        language=item.language,
        market=work.deps.store.info.market,
        goal=request.goal,
        parts=item.parts,
        rendered=item.rendered,
        slots=slot_values(request, first_name=EXAMPLE_NAMES[item.language]),
        product_ids=item.product_ids,
        first_message=True,
        writer=item.writer,
    )


def _audience_facts(work: Workspace) -> AudienceFacts:
    from tools.compliance.sensitive import sensitive_terms

    if work.audience is None:
        raise ToolFailure("out_of_order", "The checks need an audience first.")
    members = work.audience.members
    contacted = members[members["arm"] == "campaign"]
    ages = _ages(work)
    known = [age for age in ages if age is not None]
    return AudienceFacts(
        size=len(contacted),
        missing_consent=_without_consent(work, contacted),
        suppressed_in_audience=_suppressed(work, contacted),
        suppression_age_days=_suppression_age(work),
        min_age_known_share=len(known) / len(ages) if ages else 0,
        youngest_known_age=min(known, default=None),
        possibly_under_age=sum(age < MINOR for age in known),
        refusal_offered=True,
        contacts_per_customer_max=work.terms.frequency_cap,
        frequency_cap=work.terms.frequency_cap,
        sensitive_terms=sensitive_terms(_audience_words(work)),
        unknown_zone=int(members["timezone"].isna().sum()),
    )


def _audience_words(work: Workspace) -> list[str]:
    """The brief's words for the audience, and the shop's own values that they were resolved to."""
    words = [condition.text for condition in work.brief.fields.audience]
    if work.audience is not None:
        words += [c.value for resolution in work.audience.part.resolutions for c in resolution.chosen]
    return words


def _without_consent(work: Workspace, contacted: pd.DataFrame) -> int:
    """Marked as reachable by a channel without the consent on record: counted again from the customers table."""
    table = work.deps.store.frame("customers").set_index("customer_id").loc[contacted["customer_id"]]
    wrong = [
        contacted[f"{channel}_ok"].to_numpy(bool) & ~table[f"consent_{channel}"].fillna(False).to_numpy(bool)
        for channel in work.terms.channels
    ]
    return int(sum(wrong[1:], start=wrong[0]).sum())


def _suppressed(work: Workspace, contacted: pd.DataFrame) -> int:
    """On the suppression list for all channels, counted again from the list itself."""
    store = work.deps.store
    if not store.has("suppressions"):
        return 0
    listed = store.frame("suppressions", as_of=work.today)
    everywhere = set(listed[listed["channel"].isna()]["customer_id"].dropna())
    return len(everywhere & set(contacted["customer_id"]))


MINOR = 18
"""Years below which a customer is a minor in every market that we know rules of."""


def _ages(work: Workspace) -> list[int | None]:
    """The least age on record for each member; null where none is."""
    from tools.segments.bands import parse_band

    if work.audience is None or "age" not in work.deps.store.attributes():
        return []
    customers = work.deps.store.frame("customers")[["customer_id", "age"]]
    ages = customers[customers["customer_id"].isin(work.audience.members["customer_id"])]["age"]
    bands = [parse_band(str(age)) if age is not None and age == age else None for age in ages]
    return [int(band.low) if band is not None and math.isfinite(band.low) else None for band in bands]


def _suppression_age(work: Workspace) -> int | None:
    """Days since the suppression list was imported, an empty one too; the demo shop stands still at its own day."""
    store = work.deps.store
    if not store.brought("suppressions"):
        return None
    if store.info.default_today is not None:
        return 0
    imported = datetime.fromtimestamp((store.folder / "shop.json").stat().st_mtime, tz=UTC)
    return max(0, (work.deps.now() - imported).days)
