"""The copy as it would look: per cell, its variants side by side in a phone, an inbox, or a plain card."""

from dataclasses import dataclass

from agent.campaign import Campaign
from agent.report.names import Names
from tools.copywriter.types import CHANNEL_PARTS, CopyEdit, CopyItem


@dataclass(frozen=True)
class VariantView:
    copy_id: str
    variant: str
    angle: str
    writer: str
    parts: dict[str, str]
    """Part → words for the example customer."""
    slotted: dict[str, str]
    """The same with its slots, as it is edited."""
    other: tuple[tuple[str, str], ...]
    """Part's name → its words, in the channel's order, for channels without a frame of their own."""
    failures: tuple[str, ...]
    edited: tuple[str, ...]
    """Parts that hold a person's own words."""


@dataclass(frozen=True)
class CopyCell:
    segment: str
    channel: str
    channel_words: str
    offer: str
    language: str
    variants: tuple[VariantView, ...]


def copy_cells(campaign: Campaign, names: Names) -> tuple[CopyCell, ...]:
    cells: dict[tuple[str, str, str, str], list[CopyItem]] = {}
    for one in campaign.copies:
        cells.setdefault((one.segment_id, one.channel, one.offer_id, one.language), []).append(one)
    return tuple(
        CopyCell(
            segment=names.segment(segment),
            channel=channel,
            channel_words=names.channel(channel),
            offer=names.offer(offer),
            language=language,
            variants=tuple(_variant(one, campaign.edits) for one in sorted(items, key=lambda one: one.variant)),
        )
        for (segment, channel, offer, language), items in cells.items()
    )


def _variant(one: CopyItem, edits: tuple[CopyEdit, ...]) -> VariantView:
    order = CHANNEL_PARTS[one.channel]
    mine = [edit for edit in edits if edit.copy_id == one.copy_id and one.parts.get(edit.part) == edit.now]
    return VariantView(
        copy_id=one.copy_id,
        variant=one.variant,
        angle=one.angle,
        writer="templates" if one.writer == "template" else f"model {one.model or ''}".strip(),
        parts=one.rendered,
        slotted=one.parts,
        other=tuple((name, one.rendered[name]) for name in order if name in one.rendered),
        failures=tuple(check.detail for check in one.checks if check.verdict == "fail"),
        edited=tuple(edit.part for edit in mine),
    )
