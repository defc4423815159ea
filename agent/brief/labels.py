"""Headings of a brief ("Budget: …", "人群：…") and the spans of their values."""

import re
from collections.abc import Mapping
from functools import cache

from agent.brief.lexicon import lexicon
from agent.brief.page import Page, Span

LINE = (
    r"(?:\s{2,}(?=[^\s¶])|(?P<caps>\s)(?=[^\s¶])|"
    r"\.\s(?=[^\s¶])|[*_\s]{0,3}(?=¶))"
)
"""What ends a heading that begins its line without a colon: a column of space, a full stop, the line's end; one space
after capitals or for a tab."""
INLINE = (
    r"(?<=\S)\s+(?=(?:goal|objective|audience|target|budget|channels?|dates?|timing|when|tone|discount|offer|kpi|products?)"
    r":\s)|(?<=\S)\s+(?=[一-鿿]{2,6}\s?:)"
)
"""Between headings that follow one another on a line: only those with a colon."""
BULLET = r"[\s>*#•_-]*(?:\d{1,2}[.)、]\s?|[一二三四五六七八九十]、|\(\d\)\s?)?[\s*_#]*"


@cache
def _label() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{field}>{'|'.join(forms)})" for field, forms in lexicon("labels").items())
    return re.compile(
        rf"(?:(?P<line>^|¶)|[;。▒|]|(?<=[.!?,])\s|,\s?|{INLINE})(?P<bullet>{BULLET})(?:[^\W\d_]{{3,20}}\s?/\s)?(?:{groups})(?:[\s*_]{{0,8}}(?::(?!//)|=|"
        rf"\s?-{{2,3}}\s?|\s-\s|(?<=[一-鿿])\s|\s?\|)[*_\s]{{0,3}}|(?(line){LINE}|(?!)))"
    )


def labels(page: Page) -> Mapping[str, tuple[Span, ...]]:
    """Field → spans of the values under its headings. A value ends with its sentence or before the next heading."""
    found = [m for m in page.find(_label()) if not m["caps"] or _capitals(page, m)]
    zones: dict[str, list[Span]] = {}
    for index, match in enumerate(found):
        limit = found[index + 1].start() if index + 1 < len(found) else len(page.norm)
        field = next(name for name in lexicon("labels") if match[name])
        end = _end(page.norm, match.end(), limit)
        if page.norm[match.end() : end].strip():
            zones.setdefault(field, []).append(Span(match.end(), end))
    return {field: tuple(spans) for field, spans in zones.items()}


def _capitals(page: Page, match: re.Match[str]) -> bool:
    """ "AUDIENCE customers who …": capitals set the heading apart."""
    words = page.said(Span(match.end("bullet"), match.end())).strip()
    return (words.isupper() and len(words) > 2) or page.text[page.at[match.start("caps")]] == "\t"


def _end(norm: str, start: int, limit: int) -> int:
    """A value on the heading's own line ends with it; a heading alone on its line owns the lines up to a blank one."""
    line = norm.find("¶", start, limit)
    alone = line >= 0 and not norm[start:line].strip()
    if alone:
        first = re.compile(r"[\s¶]*").match(norm, line, limit)
        blank = re.compile(r"¶\s*¶").search(norm, first.end() if first else line, limit)
        return blank.start() if blank else limit
    end = line if line >= 0 else limit
    stop = re.compile(r"[.!?](?=\s+\S)|[。;!?](?!$)").search(norm, start, end)
    return stop.start() if stop and stop.start() > start else end
