"""Channels asked for and channels ruled out, with what the shop cannot send."""

import re
from dataclasses import dataclass
from functools import cache

from agent.brief.channel_words import PAID, by_itself, edge, is_bare
from agent.brief.fields import Question
from agent.brief.lexicon import LEFT, alternatives, lexicon, words
from agent.brief.page import MASK, Page, Span, span
from agent.brief.reading import Reading
from tools.vocabulary import CHANNELS, Channel


@dataclass(frozen=True)
class Mention:
    channel: Channel
    where: Span
    negated: bool = False
    only: bool = False


@dataclass(frozen=True)
class Channels:
    asked: Reading[tuple[Channel, ...]]
    excluded: Reading[tuple[Channel, ...]]
    every: Span | None = None
    """"All channels" was said."""
    mentions: tuple[Mention, ...] = ()


@cache
def _names(kind: str) -> tuple[tuple[re.Pattern[str], Channel], ...]:
    return tuple((re.compile(alternatives(forms)), channel) for channel, forms in lexicon("channels")[kind].items())


def read_channels(page: Page, label: tuple[Span, ...] = (), ruled_out: tuple[Span, ...] = ()) -> Channels:
    """What `page` says of channels. `label`: spans under "Channels:"; `ruled_out`: spans under "Exclude:"."""
    found = _mentions(page, label)
    judged = [_judged(page, mention, ruled_out) for mention in _with_lists(page, found) if not _spares(page, mention)]
    judged = _restated(page, _spread(page, judged)) or _aimed(page)
    asked = tuple(dict.fromkeys(m.channel for m in judged if not m.negated))
    out = tuple(dict.fromkeys(m.channel for m in judged if m.negated))
    unclear = _only(page, judged)
    questions = [*unclear, *_both(page, judged, asked, out)]
    others = [
        span(m)
        for m in page.find(words("channels", "unsupported"))
        if not edge("negated", "before").search(page.before(span(m), 24))
    ]
    notes = [f"“{page.said(where)}” is not a channel that can be planned here: it is left out." for where in others]
    if others and not judged and any(USED.search(page.before(where, 16)) for where in others):
        quote = page.said(others[0])
        text = f"“{quote}” is not a channel that can be planned here, and no other is named: which may be used?"
        questions.append(Question(field="channels", quote=quote, question=text, options=("email", "sms", "push")))
    if questions:
        conflict = set(asked) if unclear else set(asked) & set(out)
        asked = tuple(c for c in asked if c not in conflict)
    every = next((span(m) for m in page.find(words("channels", "all"))), None)
    return Channels(
        Reading(
            asked or None,
            tuple(m.where for m in judged if not m.negated and m.channel in asked),
            tuple(questions),
            tuple(notes),
        ),
        Reading(out or None, tuple(m.where for m in judged if m.negated)),
        every,
        tuple(judged),
    )


USED = re.compile(
    rf"(?:{LEFT}(?:use|using|by|via|through|channels?:?|on|over)|(?:用|通过|走|渠道:?|发))\s?(?:an?\s|our\s)?$"
)
AIMED = re.compile(
    rf"(?:(?:^|[.,;:!?¶]|{LEFT}(?:please|pls|let's|can we|could we|thanks|do an?|run an?|send an?|quick|want an?))\s*)"
    rf"(?P<word>push)\s(?:(?!notif|back)[a-z-]+\s){{0,3}}?(?:to|for)\s(?:our |the |all |every )*"
    rf"(?:{MASK}|customers|people|shoppers|buyers|members|households|those|anyone|everyone|users)"
)


def _aimed(page: Page) -> list[Mention]:
    """ "Push cat litter to cat owners", where no channel is named: the push is one."""
    match = AIMED.search(page.norm)
    return [Mention("push", span(match, "word"))] if match else []


def _mentions(page: Page, label: tuple[Span, ...]) -> list[Mention]:
    found = [
        Mention(channel, span(m))
        for pattern, channel in _names("clear")
        for m in page.find(pattern)
        if not _other(page, span(m))
    ]
    outer: list[Mention] = []
    for one in sorted(found, key=lambda m: (m.where.start, -m.where.end)):
        if not outer or one.where.end > outer[-1].where.end:
            outer.append(one)
    found = outer
    for zone in label:
        for pattern, channel in _names("listed"):
            for match in pattern.finditer(page.norm, zone.start, zone.end):
                if not any(span(match).touches(m.where) for m in found):
                    found.append(Mention(channel, span(match)))
    return sorted(found, key=lambda m: m.where)


def _other(page: Page, where: Span) -> bool:
    """The word is there, the channel is not meant: "email me", "email address", "opened our last email"."""
    return bool(
        edge("not_before", "before").search(page.before(where, 24))
        or edge("not_after", "after").match(page.after(where, 24))
    )


def _spares(page: Page, mention: Mention) -> bool:
    """ "Don't email people who …" spares people; it says nothing of the channel."""
    before, after = page.before(mention.where, 16), page.after(mention.where, 24)
    if re.search(rf"{LEFT}no\s(?:more\s)?$", before) and re.match(
        r"s?\s(?:after|before|between|from|at|on|during|past)\s", after
    ):
        return True  # "no texts between 9pm and 9am" are quiet hours
    return bool(re.search(rf"{LEFT}(?:don't|do not|never|not|without)\s$", before)) and bool(
        re.match(
            rf"\s(?:{MASK}|(?:to\s)?(?:anyone|anybody|people|those|them|customers|someone|whoever|any|the same|our|"
            r"my|staff|employees))",
            after,
        )
    )


def _with_lists(page: Page, found: list[Mention]) -> list[Mention]:
    """Adds words that are channels only in company ("email and text", "push only", "no push", "text them")."""
    joins = alternatives(lexicon("channels")["joins"])
    after_join = re.compile(
        rf"s?(?:\s(?:first|mainly|primarily|mostly))?{PAID}(?:\s?{joins}\s?){{1,2}}(?:(?:by|via|an?|some|maybe|no|not|the|then|one|two|also|\d)\s)?$"
    )
    before_join = re.compile(rf"s?{PAID}(?:\s?{joins}\s?){{1,2}}(?:(?:by|via|an?|the|one|two|\d)\s)?")
    listed = [(span(m), channel) for pattern, channel in _names("listed") for m in page.find(pattern)]
    while True:
        known = {m.where for m in found}
        new = []
        for where, channel in listed:
            if any(where.touches(w) for w in known) or _other(page, where):
                continue
            left, right = page.norm[: where.start], page.norm[where.end :]
            beside = any(w.end <= where.start and after_join.fullmatch(left[w.end :]) for w in known) or any(
                w.start >= where.end and before_join.fullmatch(right[: w.start - where.end]) for w in known
            )
            clause = page.clause_of(where)
            whole = bool(known) and page.norm[clause.start : clause.end].strip() == page.norm[where.start : where.end]
            if beside or whole or _in_row(page, clause) or is_bare(page, clause) or by_itself(page, where, channel):
                new.append(Mention(channel, where))
        if not new:
            return sorted(found, key=lambda m: m.where)
        found = found + new[:1]


def _in_row(page: Page, clause: Span) -> bool:
    """ "search + social": the clause is a row of such words and nothing else."""
    text = page.norm[clause.start : clause.end].strip()
    parts = [part.strip() for part in ROW.split(text)]
    named = [next((c for pattern, c in _names("listed") if pattern.fullmatch(part)), None) for part in parts]
    return len(parts) > 1 and None not in named and len(set(named)) == len(named)


ROW = re.compile(r"\s?(?:\+|&|/|\sand\s|\splus\s|和|加)\s?")


def _judged(page: Page, mention: Mention, ruled_out: tuple[Span, ...]) -> Mention:
    before, after = page.before(mention.where, 32), page.after(mention.where, 24)
    negated = (
        bool(edge("negated", "before").search(before) or edge("negated_after", "after").match(after))
        or any(zone.holds(mention.where) for zone in ruled_out)
        or _asked_and_denied(page, mention)
    )
    if negated and re.search(
        r"(?:not (?:just|only)|no (?:fewer|less)|no problem with|why not)\s(?:by\s|via\s)?$", before
    ):
        negated = False
    only = not negated and bool(
        edge("only_before", "before").search(before) or edge("only_after", "after").match(after)
    )
    if only and re.match(r"\sonly (?:for|to|if|when|after)", after):
        sentence = page.sentence_of(mention.where)
        only = not (
            page.norm[sentence.start : mention.where.start].strip()
            or re.search(r"the rest|others|everyone else", page.norm[mention.where.end : sentence.end])
        )
    return Mention(mention.channel, mention.where, negated, only)


DENIED = re.compile(r"[\s\"¶]*(?:no|nope|nah|not|never|please no|rather not|不|别|算了|免了)(?![a-z])")
"""What follows a question that the brief itself answers: "Email + SMS? No, email alone."."""


def _asked_and_denied(page: Page, mention: Mention) -> bool:
    end = page.norm.find("?", mention.where.end, mention.where.end + 40)
    between = page.norm[mention.where.end : end]
    return end >= 0 and not re.search(r"[.;!。¶]", between) and DENIED.match(page.norm, end + 1) is not None


def _restated(page: Page, judged: list[Mention]) -> list[Mention]:
    """Without what a denied question took out and the answer puts back."""
    asked = {m.channel for m in judged if not m.negated}
    return [m for m in judged if not (m.negated and m.channel in asked and _asked_and_denied(page, m))]


def _spread(page: Page, judged: list[Mention]) -> list[Mention]:
    """ "No SMS or push": what is said of the first holds for those joined to it."""
    out: list[Mention] = []
    for mention in judged:
        if out and not mention.negated:
            between = page.norm[out[-1].where.end : mention.where.start]
            if (
                out[-1].negated
                and re.fullmatch(r"s?\s?(?:or|nor|/|,? ?or|和|或者?|、|及|与)\s?(?:any\s|the\s)?", between)
            ) or (out[-1].negated and re.fullmatch(r"s?\s?(?:and|&|,)\s?", between) and not re.search(r"[,]", between)):
                mention = Mention(mention.channel, mention.where, True)
            elif out[-1].only and re.fullmatch(r"s?\s?(?:and|&|\+|/|和|与|、|或)\s?", between):
                mention = Mention(mention.channel, mention.where, False, True)
        out.append(mention)
    for index in range(len(out) - 2, -1, -1):
        between = page.norm[out[index].where.end : out[index + 1].where.start]
        if (
            out[index + 1].only
            and not out[index].negated
            and re.fullmatch(r"s?\s?(?:,|,? ?and|&|\+|/|,? ?or|和|与|、)\s?", between)
        ):
            out[index] = Mention(out[index].channel, out[index].where, False, True)
    return out


def _only(page: Page, judged: list[Mention]) -> list[Question]:
    """ "Email only … and SMS": one of the two cannot be meant."""
    only = [m for m in judged if m.only]
    others = [m for m in judged if not m.negated and m.channel not in {o.channel for o in only}]
    if not only or not others:
        return []
    names = ", ".join(dict.fromkeys(m.channel for m in only))
    return [
        Question(
            field="channels",
            quote=page.said(others[0].where),
            question=f"The brief says {names} only, and also “{page.said(others[0].where)}”: which channels are meant?",
            options=(f"{names} only", ", ".join(dict.fromkeys(m.channel for m in judged if not m.negated))),
        )
    ]


def _both(page: Page, judged: list[Mention], asked: tuple[Channel, ...], out: tuple[Channel, ...]) -> list[Question]:
    questions = []
    for channel in CHANNELS:
        if channel in asked and channel in out:
            mention = next(m for m in judged if m.channel == channel and m.negated)
            questions.append(
                Question(
                    field="channels",
                    quote=page.said(mention.where),
                    question=f"{channel} is both asked for and ruled out: may it be used?",
                    options=(f"use {channel}", f"do not use {channel}"),
                )
            )
    return questions
