"""The brief as she wrote it, its words marked where a field was read from them, and what was not stated."""

from dataclasses import dataclass
from itertools import pairwise

from agent.brief.fields import Brief, Default, Quote
from agent.report.words import field_words


@dataclass(frozen=True)
class Piece:
    """A run of the brief's text and the fields that were read from it (none: plain text)."""

    text: str
    fields: str


@dataclass(frozen=True)
class BriefView:
    pieces: tuple[Piece, ...]
    turns: tuple[tuple[Piece, ...], ...]
    """What she said after the brief, marked likewise."""
    defaults: tuple[tuple[str, str], ...]
    """Field, and the reason with the value taken instead."""


def brief_view(brief: Brief, turns: tuple[str, ...] = ()) -> BriefView:
    defaults = tuple(
        (field_words(field), it.default) for field, it in brief.evidence.items() if isinstance(it, Default)
    )
    said = tuple(pieces(brief, turn, number) for number, turn in enumerate(turns, start=1))
    return BriefView(pieces=pieces(brief, brief.text), turns=said, defaults=defaults)


def pieces(brief: Brief, text: str, turn: int | None = None) -> tuple[Piece, ...]:
    """Cuts the brief's text, or a turn's, at the ends of every quote of it, so that overlapping ones keep their field.

    A quote outside the text, or that does not read what it claims, is not marked: a mark must never lie.
    """
    spans = [
        (field, quote.start, quote.end)
        for field, entry in brief.evidence.items()
        for quote in _quotes(entry)
        if quote.turn == turn and text[quote.start : quote.end] == quote.quote and quote.quote
    ]
    cuts = sorted({0, len(text), *(at for _, start, end in spans for at in (start, end))})
    return tuple(
        Piece(text[a:b], ", ".join(field_words(field) for field, start, end in spans if start <= a and b <= end))
        for a, b in pairwise(cuts)
    )


def _quotes(entry: "Quote | Default | tuple[Quote, ...]") -> tuple[Quote, ...]:
    if isinstance(entry, Default):
        return ()
    return (entry,) if isinstance(entry, Quote) else entry
