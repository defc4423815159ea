"""A brief as characters: a folded copy to match against, and the way back to the words as she typed them.

Everything here that reads, reads `Page.norm`: lower case, full width and Traditional Chinese folded, dashes and quotes
made one, zero-width characters gone. A `Span` counts in `norm`; `Page.quote` gives the text's own characters.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property

from agent.brief.fields import Quote
from agent.brief.spelling import corrected

MASK = "▒"
"""Stands for characters that another reader has taken: no pattern matches across it."""

DASHES = "‐‑‒–—―−﹣－~～〜"
QUOTES = {
    "‘": "'",
    "’": "'",
    "‛": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "「": '"',
    "」": '"',
    "『": '"',
    "』": '"',
}
CANTONESE = {"嘅": "的", "哋": "们", "唔": "不", "咗": "了", "佢": "他", "冇": "没", "嚟": "来", "啲": "些", "搵": "找"}
BULLETS = "•·●▪◦‣⁃■□✓✔★☆◆◇"
ARROWS = "→⇒➔➜➝⟶➞▶►➤"
ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|approx|etc|incl|excl|no|mr|mrs|ms|dr|st|u\.s|u\.k|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov"
    r"|dec|min|max|avg|ca|wk|wks|mo|yr|yrs|rs|inc|est)|^\s*\d{1,2}|¶\s*\d{1,2})$"
)
DAY = re.compile(r"\d(?:st|nd|rd|th)?\s(?:of\s)?(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)$")
DAY_ENDS = re.compile(r"\.\s+(?!to\b|until\b|till\b|through\b|thru\b|and\b|or\b|at\b|20\d\d)[a-z]")
"""A month cut short after its day: what follows and is no date begins a new sentence."""
BREAK = re.compile(r"[.!?](?=[\s\"')\]]|$)|[.!?](?=[一-鿿])|[。;]|¶")
CLAUSE_BREAK = re.compile(r"[,、()\[\]{}|▒]|(?<=\s)[-/&](?=\s)|:(?=\s)|:(?=[一-鿿\d])|(?<=[一-鿿]):|" + BREAK.pattern)


@dataclass(frozen=True, order=True)
class Span:
    """Characters start..end of `Page.norm`, end excluded."""

    start: int
    end: int

    def touches(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


@cache
def _simplified(char: str) -> str:
    from opencc import OpenCC

    converter = _converter() or OpenCC("t2s")
    folded = str(converter.convert(char))
    return folded if len(folded) == 1 else char


@cache
def _converter():  # type: ignore[no-untyped-def]  # opencc has no types
    from opencc import OpenCC

    return OpenCC("t2s")


def _fold(char: str) -> str:
    """One character of the text as zero or more characters of `norm`."""
    if char < "\x80":
        return " " if char in "\t\r\f" else char.lower()
    if char in DASHES:
        return "-"
    if char in ARROWS:
        return ">"
    if char == "¶":
        return " "
    if char in QUOTES:
        return QUOTES[char]
    if char in BULLETS or (unicodedata.category(char) == "No" and char not in "½¼¾⅓⅔⅕⅛"):
        return "•"
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Cs"):
        return ""
    if category[0] == "Z":
        return "\n" if char in "\u2028\u2029" else " "
    if "一" <= char <= "鿿":
        return CANTONESE.get(char) or _simplified(char)
    return unicodedata.normalize("NFKC", char).lower()


HARD = "¶"
"""A line break that ends a thought. No white space in patterns matches it."""
SOFT = re.compile(r"(?<=[a-z,]) ?\n(?=[a-z])")


def _broken(norm: str, text: str, at: list[int]) -> str:
    """Line breaks as `¶`; as a space where a long line merely runs on ("…who haven't⏎bought for 60 days")."""
    letters = list(norm.replace("\n", HARD))
    for match in SOFT.finditer(norm):
        index = match.end() - 1
        line = norm[norm.rfind("\n", 0, index) + 1 : index]
        following = norm[index + 1 : norm.find("\n", index + 1) if "\n" in norm[index + 1 :] else len(norm)]
        column = re.search(r"\S\s{2,}\S", line) and text[at[index + 1]].isupper()
        if (
            len(line) >= WRAPPED
            and not column
            and not re.match(r"[a-z][a-z ]{1,24}(?:/ [a-z][a-z ]{1,24})?\s?[:=|]", following)
        ):
            letters[index] = " "
    return "".join(letters)


WRAPPED = 48
"""Characters of a line from which it may have been wrapped."""


@dataclass(frozen=True)
class Page:
    """A brief's text, its folded copy, and where each folded character came from (`at` has one more entry)."""

    text: str
    norm: str
    at: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Page":
        letters: list[str] = []
        at: list[int] = []
        for index, char in enumerate(text):
            folded = _fold(char)
            letters.extend(folded)
            at.extend([index] * len(folded))
        letters, at = corrected(letters, at, text)
        return cls(text, _broken("".join(letters), text, at), (*at, len(text)))

    def quote(self, span: Span) -> Quote:
        """The words of the text under `span`, without white space at their ends."""
        start, end = self.at[span.start], self.at[span.end - 1] + 1 if span.end > span.start else self.at[span.start]
        words = self.text[start:end]
        start += len(words) - len(words.lstrip())
        return Quote(quote=words.strip(), start=start, end=start + len(words.strip()))

    def said(self, span: Span) -> str:
        return self.quote(span).quote

    def without(self, spans: Iterable[Span]) -> "Page":
        """The same page with `spans` masked."""
        letters = list(self.norm)
        for span in spans:
            letters[span.start : span.end] = MASK * (span.end - span.start)
        return replace(self, norm="".join(letters))

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        return pattern.finditer(self.norm)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        return tuple(_split(self.norm, BREAK))

    @cached_property
    def clauses(self) -> tuple[Span, ...]:
        return tuple(_split(self.norm, CLAUSE_BREAK))

    def sentence_of(self, span: Span) -> Span:
        return _holder(self.sentences, span)

    def clause_of(self, span: Span) -> Span:
        return _holder(self.clauses, span)

    def before(self, span: Span, width: int = 40) -> str:
        """Up to `width` characters before `span`, in its own sentence."""
        return self.norm[max(self.sentence_of(span).start, span.start - width) : span.start]

    def after(self, span: Span, width: int = 40) -> str:
        """Up to `width` characters after `span`, in its own sentence."""
        return self.norm[span.end : min(max(self.sentence_of(span).end, span.end), span.end + width)]


def _split(norm: str, breaks: re.Pattern[str]) -> Iterator[Span]:
    start = 0
    for match in breaks.finditer(norm):
        if match.start() < start:
            continue
        dot = match.group() == "."
        if dot and DAY_ENDS.match(norm, match.start()) and DAY.search(norm, max(0, match.start() - 16), match.start()):
            pass  # "10-14 Dec. Push."
        elif dot and ABBREVIATIONS.search(norm, max(0, match.start() - 8), match.start()) and not _says_no(norm, match):
            continue
        if match.group() == "," and _in_number(norm, match.start()):
            continue
        if norm[start : match.start()].strip():
            yield Span(start, match.start())
        start = match.end()
    if norm[start:].strip():
        yield Span(start, len(norm))


def _says_no(norm: str, dot: re.Match[str]) -> bool:
    """The word "no" at the end of a sentence, not the abbreviation in "no. 5"."""
    end = dot.start()
    return (
        re.search(r"\bno$", norm[max(0, end - 4) : end]) is not None and not norm[end + 1 : end + 3].strip().isdigit()
    )


def _holder(spans: tuple[Span, ...], one: Span) -> Span:
    """The span of `spans` (in order, apart) in which `one` starts; `one` itself where none does."""
    index = bisect_right(spans, one.start, key=lambda span: span.start) - 1
    return spans[index] if index >= 0 and one.start < spans[index].end else one


def _in_number(norm: str, index: int) -> bool:
    return index > 0 and norm[index - 1].isdigit() and norm[index + 1 : index + 2].isdigit()


def span(match: re.Match[str], group: int | str = 0) -> Span:
    """The span of a match, or of one of its groups."""
    return Span(*match.span(group))


def merged(spans: Iterable[Span], gap: int = 0) -> tuple[Span, ...]:
    """Spans in order, those that touch or lie at most `gap` apart made one."""
    out: list[Span] = []
    for one in sorted(spans):
        if out and one.start <= out[-1].end + gap:
            out[-1] = Span(out[-1].start, max(out[-1].end, one.end))
        else:
            out.append(one)
    return tuple(out)
