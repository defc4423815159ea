"""Words that must, or must not, stand in the copy: quoted ones, by what is said before or after the quotation."""

from functools import cache
from typing import Literal

from agent.brief.page import Page, Span, span
from agent.brief.patterns import Patterns, patterns


@cache
def _patterns() -> Patterns:
    return patterns("copy_words")


def quoted_words(page: Page, key: Literal["must", "avoid"]) -> tuple[Span, ...]:
    """The words of each quotation that is asked for (`must`) or ruled out (`avoid`), and of those listed with it."""
    found = [words for group in _groups(page) if _asked(page, group) == key for words in group]
    if key == "avoid":
        found += [span(m, "word") for m in page.find(_patterns()["call"])]
    return tuple(found)


def _groups(page: Page) -> list[list[Span]]:
    """Quotations; those joined by "and", "or" or a comma stand together."""
    groups: list[list[Span]] = []
    for match in page.find(_patterns()["quoted"]):
        words = span(match, "what" if match["what"] else "single")
        if groups and _patterns()["joined"].fullmatch(page.norm, groups[-1][-1].end, words.start):
            groups[-1].append(words)
        else:
            groups.append([words])
    return groups


def _asked(page: Page, group: list[Span]) -> Literal["must", "avoid"] | None:
    start, end = group[0].start - 1, group[-1].end + 1
    before = page.norm[max(page.sentence_of(Span(start, end)).start, start - 60) : start]
    after = page.norm[end : end + 40]
    if _patterns()["avoid_after"].match(after) or _patterns()["avoid_before"].search(before):
        return "avoid"
    return "must" if _patterns()["must_after"].match(after) or _patterns()["must_before"].search(before) else None
