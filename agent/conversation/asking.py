"""Questions about the plan: which of the kinds that can be answered, with the names and numbers they give."""

import re

from agent.brief import numbers
from agent.conversation.turn import Ask, AskKind
from agent.conversation.wording import kinds

MOST_SHOWN = 50


def ask_of(whole: str) -> Ask | None:
    """The question of a turn, or null. `whole` is its folded text without the punctuation around it."""
    for name, expression in kinds("asks"):
        match = expression.search(whole) if name != "help" else expression.fullmatch(whole)
        if match is None or (name == "members" and _no_people(match)):
            continue
        kind: AskKind = name  # type: ignore[assignment]
        about = (_group(match, "amount") or "") if kind == "more_budget" else whole
        return Ask(kind, about=about, count=_count(match))
    return None


def _group(match: re.Match[str], name: str) -> str | None:
    return next((v for k, v in match.groupdict().items() if v and k.rstrip("zh0123456789") == name), None)


def _count(match: re.Match[str]) -> int | None:
    words = _group(match, "n")
    count = numbers.whole(words) if words else None
    return min(count, MOST_SHOWN) if count else None


NOT_PEOPLE = re.compile(
    r"\b(?:plan|campaign|copy|messages?|e-?mails?|texts?|products?|items?|summary|report|budget|more|discount|offers?|"
    r"wording|sms|subject|difference|changes|test|checks|rules|limits?)\b"
)


def _no_people(match: re.Match[str]) -> bool:
    """ "Show me the plan", "give me the copy": not customers."""
    return bool(NOT_PEOPLE.search(match.groupdict().get("whom") or ""))
