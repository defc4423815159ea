"""What a revision changed: field by field of the brief, figure by figure of the plan, the old beside the new.

Segments are compared by name: their numbers are given anew with each audience. Every figure names its part, so that
it can be looked up in the `campaign.json` of either version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from agent.campaign import Campaign
from tools.response.offers import offered
from tools.vocabulary import Model

Unit = Literal["text", "count", "money", "fraction", "number"]
Value = str | int | float | None


class Change(Model):
    """`path` is where the figure stands ("allocation.spend_minor", "segment Big spenders by email"); money is in
    minor units, fractions are 0 to 1; null where a version has no such thing."""

    path: str
    unit: Unit
    old: Value
    new: Value


class Difference(Model):
    """From version `old_version` to `new_version`. Empty lists: nothing of that kind changed."""

    old_version: int
    new_version: int
    fields: tuple[Change, ...]
    figures: tuple[Change, ...]
    reused: tuple[str, ...] = ()
    """Steps whose earlier parts were taken, since nothing that they read has changed."""
    planned: tuple[str, ...] = ()
    """Steps that were done again."""
    currency: str = "USD"


def difference(old: Campaign, new: Campaign) -> Difference:
    """Every field and figure that differs."""
    return Difference(
        old_version=old.version,
        new_version=new.version,
        fields=tuple(_changes(_fields(old), _fields(new))),
        figures=tuple(_changes(_figures(old), _figures(new))),
        reused=tuple(call.tool for call in new.trace if call.reused),
        planned=tuple(call.tool for call in new.trace if not call.reused and call.ok),
        currency=new.data.currency if new.data else "USD",
    )


Facts = dict[str, tuple[Unit, Value]]


def _changes(old: Facts, new: Facts) -> Iterator[Change]:
    for path in dict.fromkeys((*old, *new)):
        unit, before = old.get(path, (None, None))
        unit_new, after = new.get(path, (None, None))
        if before != after:
            yield Change(path=path, unit=unit_new or unit or "text", old=before, new=after)


def _fields(campaign: Campaign) -> Facts:
    facts: Facts = {}
    for name, value in campaign.brief.fields.model_dump(mode="json").items():
        if name == "budget":
            facts["brief.budget"] = ("money", value["amount_minor"] if value else None)
            facts["brief.budget.currency"] = ("text", value["currency"] if value else None)
        else:
            facts[f"brief.{name}"] = ("text", _words(value))
    for tool, arguments in campaign.step_arguments.items():
        facts |= {f"{tool}.{name}": ("text", str(value)) for name, value in arguments.items()}
    return facts


def _words(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(str(v["text"]) if isinstance(v, Mapping) else str(v) for v in value) or None
    return f"{value:g}" if isinstance(value, float) else None if value is None else str(value)


def _figures(campaign: Campaign) -> Facts:
    return {
        "status": ("text", campaign.status),
        **_audience(campaign),
        **_offers(campaign),
        **_allocation(campaign),
        **_copy(campaign),
        **_test(campaign),
    }


def _audience(campaign: Campaign) -> Facts:
    part = campaign.audience
    if part is None:
        return {}
    facts: Facts = {f"audience.funnel.{step.step}": ("count", step.customers) for step in part.funnel}
    facts["audience.size"] = ("count", part.size)
    facts |= {f"audience.segment {segment.name}": ("count", segment.size) for segment in part.segments}
    names = {segment.segment_id: segment.name for segment in part.segments}
    for segment_id, name in names.items():
        chosen = [choice.name for choice in campaign.products if choice.segment_id == segment_id]
        facts[f"products for {name}"] = ("text", ", ".join(chosen) or None)
    return facts


def _offers(campaign: Campaign) -> Facts:
    offers = ", ".join(offer.offer_id for offer in campaign.offers)
    return {"offers": ("text", offers or None)}


def _allocation(campaign: Campaign) -> Facts:
    part = campaign.allocation
    if part is None:
        return {}
    names = {s.segment_id: s.name for s in campaign.audience.segments} if campaign.audience else {}
    facts: Facts = {
        "allocation.status": ("text", part.status),
        "allocation.contacted": ("count", sum(cell.customers for cell in part.cells)),
        "allocation.budget_minor": ("money", part.budget_minor),
        "allocation.spend_minor": ("money", part.spend_minor),
        "allocation.objective": ("money", round(part.objective)),
        "allocation.shadow_price": ("number", round(part.shadow_price, 4)),
        "allocation.gap": ("number", round(part.gap, 6)),
    }
    for cell in part.cells:
        path = f"cell {names.get(cell.segment_id, cell.segment_id)} by {cell.channel} {offered(cell.offer_id)}"
        facts[f"{path}: customers"] = ("count", cell.customers)
        facts[f"{path}: cost"] = ("money", cell.cost_minor)
        facts[f"{path}: margin"] = ("money", cell.incremental_margin_minor)
    return facts


def _copy(campaign: Campaign) -> Facts:
    if not campaign.copies:
        return {}
    facts: Facts = {"copy.messages": ("count", len(campaign.copies)), "copy.language": ("text", _language(campaign))}
    first = {(item.segment_id, item.channel, item.offer_id): item for item in reversed(campaign.copies)}
    names = {s.segment_id: s.name for s in campaign.audience.segments} if campaign.audience else {}
    for (segment_id, channel, offer_id), item in sorted(first.items()):
        path = f"copy {names.get(segment_id, segment_id)} by {channel} {offered(offer_id)}"
        facts[path] = ("text", next(iter(item.rendered.values()), None))
    return facts | _own_words(campaign)


def _own_words(campaign: Campaign) -> Facts:
    """What a person put in the place of the writer's words, as it reads."""
    items = {item.copy_id: item for item in campaign.copies}
    return {
        f"copy {edit.copy_id}, {edit.part} in her own words": ("text", items[edit.copy_id].rendered[edit.part])
        for edit in campaign.edits
        if edit.copy_id in items and items[edit.copy_id].parts.get(edit.part) == edit.now
    }


def _language(campaign: Campaign) -> str:
    return ", ".join(sorted({item.language for item in campaign.copies}))


def _test(campaign: Campaign) -> Facts:
    failed = [check for check in campaign.checks if check.verdict == "fail"]
    facts: Facts = {
        "checks.passed": ("count", sum(check.verdict == "pass" for check in campaign.checks)),
        "checks.warnings": ("text", ", ".join(sorted({check.rule_id for check in failed})) or None),
    }
    test = campaign.experiment
    if test is None:
        return facts if campaign.checks else {}
    facts |= {f"experiment.arm {arm.name}": ("count", arm.customers) for arm in test.arms}
    facts["experiment.mde"] = ("fraction", test.mde)
    facts["experiment.expected_effect"] = ("fraction", test.expected_effect)
    facts["experiment.measurable"] = ("text", "yes" if test.measurable else "no")
    return facts
