"""What the shop's own past campaigns teach a writing model: approved copy to sound like, and what won to follow.

Only words with slots: no customer, figure or address is in them, and what looks like one leaves the message out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.campaign import Campaign, Status

if TYPE_CHECKING:
    from tools.copywriter.types import CopyItem, CopyRequest
    from tools.copywriter.voice import Voice
    from tools.shop.profile import Sender
    from tools.vocabulary import Channel, Language

APPROVED: tuple[Status, ...] = ("approved", "exported", "measured")
MOST_WINNERS = 6
_BODIES: dict[Channel, str] = {"email": "copy_email", "wechat": "copy_wechat"}
"""Channels whose message tells opening and reason apart: its body's first two paragraphs."""


@dataclass(frozen=True)
class Said:
    """One approved message: the words that a writer would have written for it."""

    campaign: Campaign
    item: CopyItem
    parts: Mapping[str, str]


def campaigns_of(home: Path) -> Iterator[Campaign]:
    """Every campaign on the shelf, by id; what is not one of this version is left out."""
    from agent.shelf import read
    from tools.failure import ToolFailure

    for path in sorted((home / "campaigns").glob("*/campaign.json")):
        try:
            yield read(path.parent, path.parent.name).campaign
        except ToolFailure as failure:
            if failure.code != "bad_campaign":
                raise


def approved_copy(home: Path) -> list[Said]:
    """The messages of approved campaigns whose words can be told from the lines that code added."""
    approved = [campaign for campaign in campaigns_of(home) if campaign.status in APPROVED]
    said = (Said(one, item, parts) for one in approved for item in one.copies if (parts := own_parts(item)))
    return list({tuple(one.parts.items()): one for one in said}.values())


def own_parts(item: CopyItem) -> dict[str, str] | None:
    """The parts of a message's schema, without product lines, offer, footer; null where they cannot be told apart."""

    from tools.copywriter.slots import digits_outside_slots
    from tools.llm.redact import redact
    from tools.llm.schemas import COPY_PARTS, read

    schema = _BODIES.get(item.channel)
    paragraphs = item.parts.get("body", "").split("\n\n")
    if schema is None or len(paragraphs) < 2:
        return None
    every = {**item.parts, "opening": paragraphs[0], "reason": paragraphs[1]}
    own = {part: every[part] for part in COPY_PARTS[schema] if part in every}
    clean = not digits_outside_slots(own) and all(redact(text) == text for text in own.values())
    return own if clean and read(schema, json.dumps(own)) else None


def winners(home: Path, language: Language) -> tuple[str, ...]:
    """Openings of messages whose segment, or whole campaign, a randomised readout found to have sold more.

    The largest effect first, by its interval's lower end; at most `MOST_WINNERS`, in one language.
    """
    ranked: dict[str, float] = {}
    for campaign in campaigns_of(home):
        gains = _gains(campaign)
        for item in campaign.copies:
            gain = gains.get(item.segment_id, gains.get(""))
            parts = own_parts(item) if gain is not None and item.language == language else None
            if parts and gain is not None:
                ranked[parts["opening"]] = max(gain, ranked.get(parts["opening"], 0.0))
    return tuple(sorted(ranked, key=lambda words: (-ranked[words], words))[:MOST_WINNERS])


def _gains(campaign: Campaign) -> dict[str, float]:
    """Segment ("" for everybody) → lower end of the caused difference in conversion, where it is above 0."""
    readout = campaign.readout
    if readout is None or readout.basis != "randomised":
        return {}
    rows = (row for row in readout.effects if row.outcome == "conversion" and row.scope in ("overall", "segment"))
    lows = {row.name: row.effect.difference.low for row in rows}
    names = {segment.name: segment.segment_id for segment in campaign.audience.segments} if campaign.audience else {}
    return {names.get(name, name): low for name, low in lows.items() if low is not None and low > 0}


def lessons(said: Sequence[Said], sender: Sender, voice: Voice) -> list[dict[str, object]]:
    """Chats to train on: the writer's own prompt for each message, and the message as the answer to it."""

    from tools.copywriter.desk import set_desk
    from tools.copywriter.prompting import copy_ask

    made: list[dict[str, object]] = []
    for one in said:
        ask = copy_ask(set_desk(request_of(one, sender), 0), one.item.angle, voice, n=1, seed=0)
        made.append(
            {
                "messages": [
                    *ask.messages,
                    {"role": "assistant", "content": json.dumps(dict(one.parts), ensure_ascii=False)},
                ]
            }
        )
    return made


def request_of(said: Said, sender: Sender) -> CopyRequest:
    """What the message was written for, from its campaign."""
    from agent.brief.tone import tone_of
    from tools.clock import Window
    from tools.copywriter.types import CopyRequest

    campaign, item = said.campaign, said.item
    fields = campaign.brief.fields
    start, end = fields.start or campaign.today, fields.end or campaign.today
    segments = campaign.audience.segments if campaign.audience else ()
    return CopyRequest(
        segment_id=item.segment_id,
        segment_name=next((one.name for one in segments if one.segment_id == item.segment_id), item.segment_id),
        channel=item.channel,
        language=item.language,
        goal=fields.goal or "retain",
        tone=tone_of(fields.tone or ""),
        offer=next(offer for offer in campaign.offers if offer.offer_id == item.offer_id),
        products=tuple(p.fact for p in campaign.products if p.segment_id == item.segment_id),
        window=Window(start=start, end=end),
        sender=sender,
        currency=campaign.data.currency if campaign.data else "USD",
    )
