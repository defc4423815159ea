"""The requests for copy: what a model is told of brand, campaign, channel, offer and cell, in this order.

What many requests share comes first, so that the server's prefix cache serves it: all cells of a campaign share brand
and campaign, those of a channel the channel, those of an offer the offer. No figure of the plan is told: not the
discount, a price, a date or a code. What a model has not seen it cannot leak or get wrong.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from prompts.load import prompt
from tools.copywriter.desk import Desk
from tools.copywriter.limits import LIMITS
from tools.copywriter.pack import MESSAGE_PARTS
from tools.copywriter.quarantine import shown_name
from tools.copywriter.types import CopyRequest
from tools.copywriter.voice import Voice
from tools.llm.schemas import OFFER_WORDS, PART_LENGTHS, WORDS
from tools.llm.types import Ask

PROMPTS = ("copy", "copy_cell")
PROMPT_ID = "copy"
WITHHELD = ("unsubscribe_url", "postal_address", "shop_url")
"""Slots that the assembly places itself."""
ADS = ("search", "social")
"""Channels that speak to nobody by name."""
TEMPERATURE = 0.8
MAX_TOKENS = 700
_TEXT = {"opening": {"sms": 90, "push": 150, "social": 120}, "title": {"push": 45}}
"""Part → channel → characters asked for: what is left of the channel's limit beside the lines that code adds."""
_SMS_WITH_OFFER = 45


def prompt_sha() -> str:
    return hashlib.sha256("".join(prompt(name).sha for name in PROMPTS).encode()).hexdigest()


def slots_offered(desk: Desk) -> list[str]:
    withheld = {*WITHHELD}
    if desk.request.offer.type == "none":
        withheld.add("expiry")
    if desk.request.channel in ADS:
        withheld.add("first_name")
    return [slot for slot in desk.values if slot not in withheld]


def copy_ask(
    desk: Desk, angle: str, voice: Voice, *, n: int, seed: int, winners: Sequence[str] = (), words: bool = False
) -> Ask:
    """The request for `n` variants of one angle; `words` holds English to a grammar of words and slots."""
    request = desk.request
    system = prompt("copy").render(
        brand=_brand(request, voice, winners),
        campaign=_campaign(request),
        channel=_channel(desk),
        offer=_offer(request),
    )
    user = prompt("copy_cell").render(cell=_cell(request), angle=angle)
    return Ask(
        messages=({"role": "system", "content": system}, {"role": "user", "content": user}),
        prompt_id=PROMPT_ID,
        prompt_sha=prompt_sha(),
        schema=_schema(request, words),
        n=n,
        seed=seed,
        temperature=TEMPERATURE,
        max_tokens=MAX_TOKENS,
    )


def _schema(request: CopyRequest, words: bool) -> str:
    if not words or request.language != "en":
        return f"copy_{request.channel}"
    return f"copy_{request.channel}:{WORDS if request.offer.type == 'none' else OFFER_WORDS}"


def repair_ask(first: Ask, said: Mapping[str, str] | None, findings: Sequence[str]) -> Ask:
    """The same request once more, with what was found wrong with the answer."""
    import json

    answer = json.dumps(said, ensure_ascii=False) if said else "{}"
    again = prompt("copy_repair").render(findings=list(findings[:6]))
    spoken = ({"role": "assistant", "content": answer}, {"role": "user", "content": again})
    return Ask(
        messages=(*first.messages, *spoken),
        prompt_id=first.prompt_id,
        prompt_sha=first.prompt_sha,
        schema=first.schema,
        n=1,
        seed=first.seed,
        temperature=first.temperature,
        max_tokens=first.max_tokens,
    )


def _brand(request: CopyRequest, voice: Voice, winners: Sequence[str]) -> dict[str, Any]:
    return {
        "name": shown_name(request.sender.brand, beside=request.sender.brand) or "the shop",
        "voice": {"do": voice.do, "dont": voice.dont, "words": voice.words, "never": voice.never},
        "examples": voice.examples,
        "best_before": list(winners),
    }


def _campaign(request: CopyRequest) -> dict[str, Any]:
    return {"goal": request.goal, "tone": request.tone, "language": request.language}


def _channel(desk: Desk) -> dict[str, Any]:
    request = desk.request
    parts = {part: _length(part, request) for part in MESSAGE_PARTS[request.channel]}
    return {"channel": request.channel, "most_characters": parts, "slots": slots_offered(desk)}


def _length(part: str, request: CopyRequest) -> int:
    own = _TEXT.get(part, {}).get(request.channel)
    if request.channel == "sms" and request.offer.type != "none":
        own = _SMS_WITH_OFFER
    limit = LIMITS[request.channel].get(part)
    soft = (limit.soft or limit.hard) if limit and limit.unit == "columns" else None
    most = own or soft or min(PART_LENGTHS[part], 280)
    return most // 2 if request.language == "zh" else most


def _offer(request: CopyRequest) -> dict[str, Any]:
    return {"type": request.offer.type, "has_code": bool(request.code)}


def _cell(request: CopyRequest) -> dict[str, Any]:
    products = [
        {
            "slot": slot,
            "name": shown_name(fact.name, beside=fact.category),
            "category": shown_name(fact.category, beside=fact.name),
        }
        for slot, fact in zip(("product", "product_2"), request.products, strict=False)
    ]
    return {"segment": shown_name(request.segment_name), "products": products}
