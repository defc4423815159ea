"""One request on the writer's desk: what can be said in it, and one of its messages made whole."""

from dataclasses import dataclass

from tools.compliance.types import Check
from tools.copywriter.assemble import NEAREST, Draft, Kit, drafts, usable
from tools.copywriter.limits import channel_findings
from tools.copywriter.pack import CommonLine, MessageTemplate, slots_in
from tools.copywriter.packs import common_pack, goal_pack
from tools.copywriter.slots import render, slot_values
from tools.copywriter.types import CopyItem, CopyRequest
from tools.copywriter.wanted import place, unplaced, unwanted
from tools.vocabulary import Language

EXAMPLE_NAME: dict[Language, str] = {"en": "Alex", "zh": "小林"}


@dataclass(frozen=True)
class Desk:
    """A request, the example's values, those of its longest product names, and the messages and lines they fill."""

    request: CopyRequest
    values: dict[str, str]
    longest: dict[str, str]
    messages: tuple[MessageTemplate, ...]
    lines: tuple[CommonLine, ...]
    salt: str


def set_desk(request: CopyRequest, seed: int) -> Desk:
    name = EXAMPLE_NAME[request.language]
    values = slot_values(request, first_name=name)
    by_length = sorted(request.products, key=lambda fact: len(fact.name), reverse=True)
    messages = tuple(
        message
        for message in goal_pack(request.language, request.goal).messages
        if message.channel == request.channel
        and (request.offer.type != "none" or not message.needs_offer)
        and all(slots_in(text) <= set(values) for text in message.parts.values())
    )
    salt = f"{seed}|{request.segment_id}|{request.channel}|{request.language}|{request.offer.offer_id}|{request.goal}"
    nameless = slot_values(request, first_name=None)["first_name"]
    longest = values | slot_values(request, first_name=name, products=by_length)
    longest["first_name"] = max(name, nameless, key=len)
    lines = usable(common_pack(request.language).lines, request, set(values))
    return Desk(request, values, longest, messages, lines, salt)


@dataclass(frozen=True)
class Made:
    """A draft, and by how much it passes soft limits (0: its channel shows it whole)."""

    draft: Draft
    over: int


def make(desk: Desk, message: MessageTemplate, heard: frozenset[str] = frozenset()) -> Made | None:
    """The message put together with the words that the brief wants in, or without them where there is no room.

    Args:
        heard: ids of the lines that the request's other variants have, to be avoided.

    Returns:
        The first draft that is shown whole, else the one least over the soft limits; None where every one passes a
        hard limit or holds a word to avoid.
    """
    placed = place(desk.request, message)
    return _best(desk, message, heard, placed) or (_best(desk, message, heard, ()) if placed else None)


def _best(desk: Desk, message: MessageTemplate, heard: frozenset[str], extra: tuple[str, ...]) -> Made | None:
    kit = Kit(desk.request, message, desk.lines, desk.salt + message.id, extra, heard)
    fair: Made | None = None
    for draft in drafts(kit):
        if unwanted(desk.request, render(draft.parts, desk.values)):
            continue
        findings = [
            finding
            for values in (desk.values, desk.longest)
            for finding in channel_findings(desk.request.channel, render(draft.parts, values))
        ]
        if not findings:
            return Made(draft, 0)
        over = sum(finding.length - finding.limit for finding in findings)
        if not any(finding.hard for finding in findings) and (fair is None or over < fair.over):
            fair = Made(draft, over)
    return fair


def copy_item(desk: Desk, message: MessageTemplate, draft: Draft, variant: str) -> CopyItem:
    request = desk.request
    subject = f"{request.segment_id}.{request.channel}.{request.language}.{request.offer.offer_id}.{variant}"
    tone = min(message.tones, key=NEAREST[request.tone].index)
    return CopyItem(
        copy_id=subject,
        segment_id=request.segment_id,
        channel=request.channel,
        language=request.language,
        variant=variant,
        angle=message.angle,
        offer_id=request.offer.offer_id,
        product_ids=tuple(fact.product_id for fact in request.products),
        parts=draft.parts,
        rendered=render(draft.parts, desk.values),
        writer="template",
        template_ids=(*draft.template_ids, *((f"tone:{tone}",) if tone != request.tone else ())),
        checks=tuple(
            Check(rule_id="must_include", market="XX", severity="warn", verdict="fail", subject=subject, detail=why)
            for why in unplaced(request, draft.parts)
        ),
    )
