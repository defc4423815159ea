"""A goal's message and the shared lines, put together into the parts of one channel. Nothing is filled in yet."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import islice, product

from tools.copywriter.pack import CommonLine, MessageTemplate, slots_in
from tools.copywriter.types import CopyRequest, Tone

NEAREST: dict[Tone, tuple[Tone, ...]] = {
    "warm": ("warm", "playful", "plain", "premium", "urgent"),
    "playful": ("playful", "warm", "plain", "urgent", "premium"),
    "plain": ("plain", "warm", "urgent", "premium", "playful"),
    "premium": ("premium", "plain", "warm", "urgent", "playful"),
    "urgent": ("urgent", "plain", "warm", "playful", "premium"),
}
"""Each tone, then the others from the nearest to the farthest: where a tone has no line, the next speaks."""

_MAX_DRAFTS = 120
_SKIP: CommonLine | None = None


@dataclass(frozen=True)
class Draft:
    """Parts with slots, and the ids of the lines that they were made of."""

    parts: dict[str, str]
    template_ids: tuple[str, ...]


def usable(lines: Iterable[CommonLine], request: CopyRequest, fillable: Set[str]) -> tuple[CommonLine, ...]:
    """The lines that suit the request's channel and offer, and whose slots can be filled."""
    return tuple(
        line
        for line in lines
        if request.channel in line.channels
        and line.offer_type in (None, request.offer.type)
        and slots_in(line.text) <= fillable
    )


@dataclass(frozen=True)
class Kit:
    """What one message of one request may be put together from."""

    request: CopyRequest
    message: MessageTemplate
    lines: tuple[CommonLine, ...]
    """Usable ones alone."""
    salt: str
    extra: tuple[str, ...] = ()
    """Sentences that the brief wants in, verbatim."""
    heard: frozenset[str] = frozenset()
    """Ids of the lines that the request's other variants have; they come last, so that the variants differ."""

    def of_kind(self, kind: str) -> list[CommonLine]:
        """The lines of a kind, the nearest tone first, then in this message's own order."""
        order = NEAREST[self.request.tone]

        def key(line: CommonLine) -> tuple[int, bool, str]:
            return min(map(order.index, line.tones)), line.id in self.heard, shuffle_key(self.salt, line.id)

        return sorted((line for line in self.lines if line.kind == kind), key=key)

    def offers(self, said: set[str]) -> list[CommonLine | None]:
        """Lines that state what the message has not said of the offer; `[None]` where there is nothing left to say."""
        if self.request.offer.type == "none":
            return [_SKIP]
        facts = {"offer", "expiry"} | ({"code"} if self.request.code else set())
        if facts <= said:
            return [_SKIP]
        must = (facts - {"expiry"}) - said
        lines = [line for line in self.of_kind("offer") if must <= slots_in(line.text)]
        return [*sorted(lines, key=lambda line: (_repeats(line, said & facts), _lacks(line, facts - said)))]

    def products(self, said: set[str]) -> list[CommonLine | None]:
        """Product lines that name no product twice, else none."""
        named = said & {"product", "product_2"}
        return [line for line in self.of_kind("product") if not _repeats(line, named)] or [_SKIP]


def shuffle_key(salt: str, name: str) -> str:
    """An order that looks shuffled and is the same on every run."""
    return hashlib.sha256(f"{salt}|{name}".encode()).hexdigest()


def _repeats(line: CommonLine, said: set[str]) -> int:
    return len(slots_in(line.text) & said)


def _lacks(line: CommonLine, facts: set[str]) -> int:
    return len(facts - slots_in(line.text))


def _sentences(kit: Kit, *texts: str) -> str:
    """One after the other: Chinese needs no space between sentences, except after an address."""
    given = [text for text in texts if text]
    if kit.request.language == "en":
        return " ".join(given)
    return "".join(text + " " if text.endswith("{shop_url}") else text for text in given).rstrip()


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _text(line: CommonLine | None) -> str:
    return line.text if line else ""


def _draft(kit: Kit, parts: dict[str, str], *lines: CommonLine | None) -> Draft:
    return Draft(parts, (kit.message.id, *(line.id for line in lines if line)))


def _said(kit: Kit, *parts: str) -> set[str]:
    return {slot for part in parts for slot in slots_in(kit.message.parts[part])}


def _email(kit: Kit) -> Iterator[Draft]:
    own = kit.message.parts
    said = _said(kit, "opening", "reason")
    footers = _clearest(kit.of_kind("footer"))[:1]
    leave = [line for line in kit.of_kind("opt_out") if "{unsubscribe_url}" in line.text][:1]
    for offer, goods, action, footer in product(
        kit.offers(said), kit.products(said), kit.of_kind("call_to_action"), footers
    ):
        body = _paragraphs(own["opening"], own["reason"], _text(goods), _text(offer), *kit.extra)
        parts = {name: own[name] for name in ("subject", "preheader", "headline")}
        below = [footer, *leave] if "{unsubscribe_url}" not in footer.text else [footer]
        footer_text = "\n".join(line.text for line in below)
        parts |= {"body": body, "call_to_action": action.text, "footer": footer_text}
        yield _draft(kit, parts, goods, offer, action, *below)


def _clearest(lines: list[CommonLine]) -> list[CommonLine]:
    """Those that state the most facts first; among equals, the nearest tone stays first."""
    return sorted(lines, key=lambda line: len(slots_in(line.text)), reverse=True)


def _sms(kit: Kit) -> Iterator[Draft]:
    opening = kit.message.parts["opening"]
    prefix = "【{brand}】" if kit.request.language == "zh" else "{brand}: "
    actions: Sequence[CommonLine | None] = kit.of_kind("call_to_action")
    opt_outs = sorted(kit.of_kind("opt_out"), key=lambda line: len(line.text), reverse=True)
    for offer, opt_out, action in product(kit.offers(slots_in(opening)), opt_outs, actions or [_SKIP]):
        text = _sentences(kit, opening, *kit.extra, _text(offer), _text(action), _text(opt_out))
        yield _draft(kit, {"text": prefix + text}, offer, action, opt_out)


def _push(kit: Kit) -> Iterator[Draft]:
    own = kit.message.parts
    for offer in kit.offers(_said(kit, "title", "opening")):
        body = _sentences(kit, own["opening"], _text(offer), *kit.extra)
        yield _draft(kit, {"title": own["title"], "body": body}, offer)


def _search(kit: Kit) -> Iterator[Draft]:
    own = kit.message.parts
    said = _said(kit, "headline_1", "headline_2", "description_1")
    seconds = kit.offers(said)
    if seconds == [_SKIP]:
        seconds = [line for line in kit.of_kind("product") if not _repeats(line, said - {"brand"})]
    for second, action in product(seconds, kit.of_kind("call_to_action")):
        if second is None or action.text in own.values():
            continue
        parts = {**own, "headline_3": action.text, "description_2": _sentences(kit, second.text, *kit.extra)}
        yield _draft(kit, {name: parts[name] for name in _SEARCH_ORDER}, second, action)


_SEARCH_ORDER = ("headline_1", "headline_2", "headline_3", "description_1", "description_2")


def _social(kit: Kit) -> Iterator[Draft]:
    own = kit.message.parts
    offers = kit.offers(_said(kit, "opening", "reason"))
    for reason, offer, action in product((own["reason"], ""), offers, kit.of_kind("call_to_action")):
        if not reason and kit.request.offer.type == "none":
            continue
        primary = _sentences(kit, own["opening"], reason, _text(offer), *kit.extra)
        parts = {"primary_text": primary, "headline": own["headline"], "description": action.text}
        yield _draft(kit, parts, offer, action)


def _wechat(kit: Kit) -> Iterator[Draft]:
    own = kit.message.parts
    said = _said(kit, "opening", "reason")
    for offer, goods, action in product(kit.offers(said), kit.products(said), kit.of_kind("call_to_action")):
        body = _paragraphs(own["opening"], own["reason"], _text(goods), _text(offer), *kit.extra)
        yield _draft(kit, {"title": own["title"], "body": body, "call_to_action": action.text}, offer, goods, action)


_BUILDERS: dict[str, Callable[[Kit], Iterator[Draft]]] = {
    "email": _email,
    "sms": _sms,
    "push": _push,
    "search": _search,
    "social": _social,
    "wechat": _wechat,
}


def drafts(kit: Kit) -> Iterator[Draft]:
    """The ways to put this message together, the preferred first; the lines that vary fastest are the least visible."""
    return islice(_BUILDERS[kit.request.channel](kit), _MAX_DRAFTS)
