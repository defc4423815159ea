"""The copy as it would look: per cell, its variants side by side in a phone, an inbox, or a plain card."""

from dataclasses import dataclass

from agent.campaign import Campaign
from agent.report.names import Names
from agent.report.words import plain
from tools.copywriter.types import CHANNEL_PARTS, CopyItem


@dataclass(frozen=True)
class VariantView:
    variant: str
    angle: str
    writer: str
    parts: dict[str, str]
    """Part → words for the example customer."""
    other: tuple[tuple[str, str], ...]
    """Part's name in words → its words, in the channel's order, for channels without a frame of their own."""
    failures: tuple[str, ...]


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
            variants=tuple(_variant(one) for one in sorted(items, key=lambda one: one.variant)),
        )
        for (segment, channel, offer, language), items in cells.items()
    )


def _variant(one: CopyItem) -> VariantView:
    order = CHANNEL_PARTS[one.channel]
    return VariantView(
        variant=one.variant,
        angle=one.angle,
        writer="templates" if one.writer == "template" else f"model {one.model or ''}".strip(),
        parts=one.rendered,
        other=tuple((plain(name), one.rendered[name]) for name in order if name in one.rendered),
        failures=tuple(check.detail for check in one.checks if check.verdict == "fail"),
    )
