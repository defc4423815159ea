"""The brief as she wrote it, its words marked where a field was read from them, and what was not stated."""

from dataclasses import dataclass
from itertools import pairwise

from agent.brief.fields import Brief, Default, Quote
from agent.report.words import plain


@dataclass(frozen=True)
class Piece:
    """A run of the brief's text and the fields that were read from it (none: plain text)."""

    text: str
    fields: str


@dataclass(frozen=True)
class BriefView:
    pieces: tuple[Piece, ...]
    defaults: tuple[tuple[str, str], ...]
    """Field, and the reason with the value taken instead."""


def brief_view(brief: Brief) -> BriefView:
    defaults = tuple((plain(field), it.default) for field, it in brief.evidence.items() if isinstance(it, Default))
    return BriefView(pieces=pieces(brief), defaults=defaults)


def pieces(brief: Brief) -> tuple[Piece, ...]:
    """Cuts the text at every quote's ends, so that overlapping quotes each keep their field.

    A quote outside the text, or that does not read what it claims, is not marked: a mark must never lie.
    """
    spans = [
        (field, quote.start, quote.end)
        for field, entry in brief.evidence.items()
        for quote in _quotes(entry)
        if brief.text[quote.start : quote.end] == quote.quote and quote.quote
    ]
    cuts = sorted({0, len(brief.text), *(at for _, start, end in spans for at in (start, end))})
    return tuple(
        Piece(brief.text[a:b], ", ".join(plain(field) for field, start, end in spans if start <= a and b <= end))
        for a, b in pairwise(cuts)
    )


def _quotes(entry: "Quote | Default | tuple[Quote, ...]") -> tuple[Quote, ...]:
    if isinstance(entry, Default):
        return ()
    return (entry,) if isinstance(entry, Quote) else entry
