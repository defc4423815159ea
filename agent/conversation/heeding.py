"""What is left of a piece once the demands are taken out, heard as a brief would be: channels, people, caps, days."""

from agent.brief.fields import AudienceCondition, Question, Quote
from agent.brief.page import MASK, Page, Span
from agent.conversation.cutting import Verb, verb_of, verbs
from agent.conversation.demands import Demands, Room
from agent.conversation.hearing import Heard
from agent.conversation.people import changed
from agent.conversation.turn import Edit
from agent.conversation.wording import kinds, pattern
from tools.vocabulary import ADDRESSED, Channel

PLAIN = (
    "budget", "start", "end", "max_discount_pct", "offer_types", "holdout_pct", "frequency_cap", "copy_language",
    "goal", "kpi", "tone", "products",
)  # fmt: skip
"""Fields that are simply set to what was heard."""


def heed(room: Room, page: Page, piece: Span) -> Demands:
    """Edits of a piece from what it states. `page` is the turn's, with what has been taken masked."""
    raw = room.ear.hear(*_words(page, piece, ()))
    own = [said.where for said in verbs(page, piece) if said.verb != "remove"]
    own += [
        Span(*match.span())
        for key in ("too", "in_place", "idle_now")
        for match in pattern(key).finditer(page.norm, piece.start, piece.end)
    ]
    bare = room.ear.hear(*_words(page, piece, tuple(own))) if own else raw
    edits: list[Edit] = [
        Edit(name, "set", getattr(bare.fields, name), bare.quotes[name]) for name in PLAIN if name in bare.quotes
    ]
    edits = _one_end(page, piece, edits)
    questions = [q for q in bare.questions if q.field != "audience" or bare.fields.audience]
    spans = {name: [_span(room.page, q) for q in quotes] for name, quotes in bare.quotes.items()}
    channels = _channels(room, page, piece, raw, bare, spans)
    people = _people(room, page, piece, raw, bare, spans)
    found = [*edits, *channels, *people]
    taken = [span for spans_of in spans.values() for span in spans_of]
    taken += [_span(room.page, q) for quotes in raw.quotes.values() for q in quotes]
    return Demands(
        tuple(one for one in found if isinstance(one, Edit)),
        (*questions, *(one for one in found if isinstance(one, Question))),
        tuple(taken),
    )


def _one_end(page: Page, piece: Span, edits: list[Edit]) -> list[Edit]:
    """ "End it on Dec 10" is one day in a brief, and one end of the window here."""
    days = [edit for edit in edits if edit.field in ("start", "end")]
    if len(days) != 2 or days[0].value != days[1].value:
        return edits
    said = [name for name, words in kinds("one_end") if words.search(page.norm, piece.start, piece.end)]
    return [edit for edit in edits if edit not in days or edit.field in said] if len(said) == 1 else edits


def _words(page: Page, piece: Span, without: tuple[Span, ...]) -> tuple[str, int]:
    """The piece in the turn's own characters, what is taken blanked out, and where it begins in the turn."""
    start, end = page.at[piece.start], page.at[piece.end]
    letters = list(page.text[start:end])
    masked = [Span(i, i + 1) for i in range(piece.start, piece.end) if page.norm[i] == MASK]
    for span in masked:
        letters[page.at[span.start] - start] = ";"
    for span in without:
        for i in range(page.at[span.start] - start, page.at[span.end - 1] + 1 - start):
            letters[i] = " "
    return "".join(letters), start


def _span(page: Page, quote: Quote) -> Span:
    """Where a quote of the turn's text lies in the folded copy."""
    start = next(i for i, at in enumerate(page.at) if at >= quote.start)
    end = next((i for i, at in enumerate(page.at) if at >= quote.end), len(page.at) - 1)
    return Span(start, end)


def _channels(
    room: Room, page: Page, piece: Span, raw: Heard, bare: Heard, spans: dict[str, list[Span]]
) -> list[Edit | Question]:
    found: list[Edit | Question] = []
    out = raw.fields.channels_excluded
    asked = tuple(c for c in bare.fields.channels if c not in out)
    if out:
        found.append(_ruled_out(room, out, raw.quotes["channels_excluded"], asked))
    if not asked and "channels" in bare.quotes and not bare.fields.channels:
        quotes = bare.quotes["channels"]
        return [*found, Edit("channels", "clear", None, quotes), Edit("channels_excluded", "clear", None, quotes)]
    if not asked:
        return found
    others = [s for name, named in spans.items() if not name.startswith("channels") for s in named]
    where = spans["channels"][0]
    verb = verb_of(page, piece, where, others)
    quotes = bare.quotes["channels"]
    if out or len(asked) > 1:
        verb = verb or "only"
    return [*found, _channel_edit(room, asked, verb, quotes)]


def _channel_edit(
    room: Room, asked: tuple[Channel, ...], verb: Verb | None, quotes: tuple[Quote, ...]
) -> Edit | Question:
    old = room.brief.fields.channels
    if verb == "remove":
        return _ruled_out(room, asked, quotes, ())
    if verb == "add":
        return Edit("channels", "add", asked, quotes, keeps=True)
    if verb in ("only", "instead") or not old or set(asked) >= set(old):
        return Edit("channels", "set", asked, quotes)
    name = ", ".join(asked)
    return Question(
        field="channels",
        quote=quotes[0].quote,
        question=f"Is {name} to be used beside {', '.join(old)}, or alone?",
        options=(f"add {name}", f"{name} only"),
    )


def _ruled_out(
    room: Room, out: tuple[Channel, ...], quotes: tuple[Quote, ...], asked: tuple[Channel, ...]
) -> Edit | Question:
    """Without these channels; where that leaves none of those asked for, others are never taken in their place."""
    old = room.brief.fields.channels
    ruled = {*out, *room.brief.fields.channels_excluded}
    left = tuple(c for c in (*(old or ADDRESSED), *asked) if c not in ruled)
    if left:
        return Edit("channels_excluded", "add", out, quotes)
    others = tuple(c for c in ADDRESSED if c not in out)
    return Question(
        field="channels",
        quote=quotes[0].quote,
        question=f"Without {', '.join(out)} no channel that was asked for is left: which is to be used?",
        options=tuple(f"{c} only" for c in others),
    )


def _people(
    room: Room, page: Page, piece: Span, raw: Heard, bare: Heard, spans: dict[str, list[Span]]
) -> list[Edit | Question]:
    fields = room.brief.fields
    if raw.fields.exclude:
        new = changed(fields, "remove", raw.fields.exclude)
        return [Edit(name, "set", value, raw.quotes["exclude"], keeps=True) for name, value in new.items()]
    conditions = tuple(c for c in bare.fields.audience if c.text)
    if not conditions:
        return []
    quotes = bare.quotes["audience"]
    others = [s for name, named in spans.items() if name != "audience" for s in named]
    verb = verb_of(page, piece, spans["audience"][0], others)
    if verb is None and fields.audience:
        return [_which(conditions)]
    new = changed(fields, verb or "instead", conditions)
    keeps = verb in ("add", "only", "remove") and bool(fields.audience)
    return [Edit(name, "set", value, quotes, keeps=keeps) for name, value in new.items()]


def _which(conditions: tuple[AudienceCondition, ...]) -> Question:
    text = ", ".join(c.text for c in conditions)
    return Question(
        field="audience",
        quote=conditions[0].text,
        question=f"“{text}”: are they to be added, or contacted instead, or must customers be that as well?",
        options=(f"add {text}", f"{text} instead", f"only {text}"),
    )
