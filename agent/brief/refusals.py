"""Requests that cannot be planned because they are illegal or discriminate: the rule, and what is possible instead."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from agent.brief.lexicon import LEFT, alternatives, lexicon
from agent.brief.page import Page, Span, span
from agent.brief.patterns import Patterns, patterns


@cache
def _patterns() -> Patterns:
    return patterns("refusing")


@dataclass(frozen=True)
class Refusal:
    rule: str
    where: Span
    note: str


@cache
def _rules() -> tuple[
    tuple[dict[str, Any], re.Pattern[str] | None, re.Pattern[str] | None, re.Pattern[str] | None], ...
]:
    rows = []
    for rule in lexicon("refusals"):
        wording = (
            re.compile(
                "|".join(
                    f"(?:{LEFT if re.match(r'[(a-z]', w) and not re.search('[一-鿿]', w) else ''}{w})"
                    for w in rule["words"]
                )
            )
            if "words" in rule
            else None
        )
        people = re.compile(alternatives(rule["people"])) if "people" in rule else None
        unless = re.compile(rf"(?:{alternatives(rule['unless'])})[^.!?。¶]{{0,40}}$") if "unless" in rule else None
        rows.append((rule, wording, people, unless))
    return tuple(rows)


def refusals(page: Page) -> tuple[Refusal, ...]:
    """What `page` asks for that is refused, the first words of each rule."""
    found: dict[tuple[str, str], Refusal] = {}
    for rule, wording, people, unless in _rules():
        for match in _matches(page, wording, people, unless):
            note = (
                f"Refused by rule {rule['rule']} ({rule['name']}): “{' '.join(page.said(span(match)).split())}”: "
                f"{rule['reason']}. "
                f"Possible instead: {rule['instead']}."
            )
            found.setdefault((rule["rule"], rule["name"]), Refusal(rule["rule"], span(match), note))
    return tuple(found.values())


def _matches(
    page: Page, wording: re.Pattern[str] | None, people: re.Pattern[str] | None, unless: re.Pattern[str] | None
) -> list[re.Match[str]]:
    hits = list(page.find(wording)) if wording else []
    hits += [m for m in page.find(people) if _of_people(page, m)] if people else []
    return [m for m in hits if not _cleared(page, m, unless)]


def _of_people(page: Page, match: re.Match[str]) -> bool:
    """The word is about whom to contact, not about a product or a season ("Black Friday", "Asian food")."""
    if _patterns()["seasonal"].match(page.after(span(match))):
        return False
    near = page.before(span(match), 40) + " " + page.after(span(match), 24)
    return bool(_patterns()["audience"].search(near)) or bool(_patterns()["audience"].search(match[0]))


def _cleared(page: Page, match: re.Match[str], unless: re.Pattern[str] | None) -> bool:
    """ "Never use fake reviews", "don't target by religion" ask for the opposite."""
    before = page.before(span(match), 48)
    if _patterns()["condemned"].match(page.after(span(match), 40)):
        return True
    if unless is not None:
        return bool(unless.search(before)) or bool(_patterns()["cleared"].search(before))
    if match[0].startswith("by "):
        return bool(_patterns()["cleared"].search(before))
    return bool(_patterns()["cleared"].search(before)) and not re.search(
        r"exclud|except|leave out|skip|don't (?:send|target|e?-?mail|contact|text|market)|do not (?:send|target)|"
        r"(?:不要?|别)(?:发|给|推送)",
        before,
    )
