"""What the plan goes by: the brief's fields, with a default where the brief states nothing."""

from agent.brief.fields import Brief
from agent.settings import Settings
from tools.clock import Window
from tools.copywriter.types import Tone
from tools.failure import ToolFailure
from tools.shop.profile import ShopInfo
from tools.vocabulary import ADDRESSED, Channel, Goal, Language, Model, OfferType


class PlanTerms(Model):
    """Resolved terms of one plan. `Brief.evidence` says which are the brief's and which are defaults."""

    goal: Goal
    window: Window
    channels: tuple[Channel, ...]
    budget_minor: int
    currency: str
    cap_pct: float | None
    offer_types: tuple[OfferType, ...]
    holdout_fraction: float
    frequency_cap: int
    language: Language
    tone: Tone


def plan_terms(brief: Brief, shop: ShopInfo, settings: Settings) -> PlanTerms:
    """The terms of a brief whose status is `ok`.

    Raises:
        ToolFailure: `currency_mismatch`, `channel_not_supported`.
    """
    from agent.brief.tone import tone_of

    fields = brief.fields
    if fields.budget is None or fields.start is None or fields.end is None:
        raise ValueError(f"a brief of status {brief.status!r} has no budget or window")
    if fields.budget.currency != shop.currency:
        raise ToolFailure(
            "currency_mismatch",
            f"The budget is in {fields.budget.currency}, the shop sells in {shop.currency}; no rate is invented here: "
            f"say the budget in {shop.currency}.",
        )
    holdout = settings.holdout_pct if fields.holdout_pct is None else fields.holdout_pct
    return PlanTerms(
        goal=fields.goal or "retain",
        window=Window(start=fields.start, end=fields.end),
        channels=sendable(fields.channels, fields.channels_excluded),
        budget_minor=fields.budget.amount_minor,
        currency=shop.currency,
        cap_pct=fields.max_discount_pct,
        offer_types=fields.offer_types,
        holdout_fraction=holdout / 100,
        frequency_cap=fields.frequency_cap or settings.frequency_cap,
        language=fields.copy_language or ("zh" if shop.market == "CN" else "en"),
        tone=tone_of(fields.tone or ""),
    )


def sendable(asked: tuple[Channel, ...], excluded: tuple[Channel, ...]) -> tuple[Channel, ...]:
    """The channels that the plan may use: those asked for, else all that reach a known customer.

    Raises:
        ToolFailure: `channel_not_supported` where none is left, or one that was asked for cannot be sent.
    """
    beyond = [channel for channel in asked if channel not in ADDRESSED]
    if beyond:
        raise ToolFailure(
            "channel_not_supported",
            f"The plan was asked to use {', '.join(beyond)}, which reach no known customer of the shop; "
            f"it can send {', '.join(ADDRESSED)}. Leave the others out, or plan them elsewhere.",
            channels=beyond,
        )
    left = tuple(channel for channel in (asked or ADDRESSED) if channel not in excluded)
    if not left:
        raise ToolFailure("channel_not_supported", "Every channel that could be sent is excluded by the brief.")
    return left
