"""Conditions on past contact: mailed last month, opened our last e-mail, got the October campaign."""

import re
from collections.abc import Iterator
from typing import Literal

from agent.brief.audience import spans
from agent.brief.audience.types import Found, unresolved
from agent.brief.days import Reader, tokenised
from agent.brief.page import Page, span
from agent.brief.patterns import Patterns, patterns
from tools.segments.filter import Contacted, Not

Outcome = Literal["sent", "opened", "clicked", "redeemed", "converted"]
OUTCOMES: dict[str, Outcome] = {
    "open": "opened",
    "click": "clicked",
    "redeem": "redeemed",
    "convert": "converted",
    "respond": "converted",
}


MILESTONE = re.compile(r"\b(?:hit|reached)$")


def _patterns() -> Patterns:
    return patterns("contacts", past=spans.pattern(), past_two=spans.pattern("u"))


def contacts(page: Page, reader: Reader) -> Iterator[Found]:
    """Conditions on past campaigns. A time that is not given leaves the span open: ever."""
    norm = tokenised(page.norm, after_side=True)
    for kind, pattern in _patterns().items():
        for match in pattern.finditer(norm):
            if MILESTONE.search(norm, match.start(), match.end()) and re.match(r"\s\d", norm[match.end() :]):
                continue  # "we hit 10,000 customers"
            yield _found(page, reader, match, kind)


def _found(page: Page, reader: Reader, match: re.Match[str], kind: str) -> Found:
    past = spans.read(match, reader, page.norm) or (
        spans.read(match, reader, page.norm, "u") if kind == "were" else None
    )
    said = match.groupdict().get("did") or ""
    outcome = next((value for word, value in OUTCOMES.items() if word in said), "sent")
    which = match.groupdict().get("which")
    if past is None and which:
        past = _of_month(which, reader)
    if past is None and which and which not in ("marketing", "sms", "email", "discount", "promotional"):
        return Found(span(match), unresolved(page.said(span(match))), vague="contact")
    if past is None and re.search(r"\b(?:last|recent|previous|recently|just|lately)\b", match[0]):
        return Found(span(match), unresolved(page.said(span(match))), vague="contact")
    if "ignored" in said:
        return Found(span(match), unresolved(page.said(span(match))), vague="contact")
    meant = Contacted(outcome=outcome, within=past.within() if past else None, channel=_channel(match[0]))
    negative = re.search(r"haven't|have not|hasn't|hadn't|never|didn't|did not|\bnot\b", said)
    return Found(span(match), Not(of=meant) if negative else meant)


def _of_month(words: str, reader: Reader) -> spans.Past | None:
    """ "The October campaign": the last October."""
    match = re.match(spans.pattern(), f"in {words}")
    return spans.read(match, reader, f"in {words}") if match and match["t_month"] else None


def _channel(said: str) -> str | None:
    """The channel in the stored past campaigns, where the words name one; "mailed" may be e-mail or post: any."""
    if re.search(r"e-?mail", said):
        return "email"
    return "sms" if re.search(r"\b(?:texts?|texted|sms)\b", said) else None
