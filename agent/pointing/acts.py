"""What a turn of the conversation does, where the rules do not understand it and a model says which piece does what.

The model names acts of a fixed list and piece numbers. The value of a change is read from the piece by the rules, under
the heading of the field; a piece that they read no value from changes nothing.
"""

from collections.abc import Iterable, Sequence
from typing import get_args

from agent.brief.page import Page, Span
from agent.conversation.demands import Room
from agent.conversation.hearing import Heard
from agent.conversation.people import changed
from agent.conversation.turn import Ask, AskKind, Edit, Turn
from agent.pointing.pieces import asked
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.schemas import MOST_PIECES

SET = {
    "set_budget": "budget", "set_window": "start", "set_discount": "max_discount_pct", "set_tone": "tone",
    "set_language": "copy_language", "set_holdout": "holdout_pct", "set_frequency": "frequency_cap",
    "set_goal": "goal", "set_products": "products",
}  # fmt: skip
"""Act → the field that its piece states."""
ALSO = {"start": ("start", "end"), "max_discount_pct": ("max_discount_pct", "offer_types")}
PEOPLE = {
    "add_audience": "add", "only_audience": "only", "instead_audience": "instead", "drop_audience": "remove",
}  # fmt: skip
CHANNELS = {"add_channels": "add", "only_channels": "only", "drop_channels": "remove"}
ASKS = {f"ask_{kind}": kind for kind in get_args(AskKind)}
MAX_TOKENS = 300
SAID = "The model took this as: {acts}. Say “undo” if it was not meant."


def acts_of(page: Page, client: LlmClient, account: Account) -> tuple[tuple[str, Span], ...]:
    """Ask the model what each piece does: act and piece.

    Raises:
        ToolFailure: `llm_…`; the turn then stays what the rules made of it.
    """
    pieces = page.clauses[:MOST_PIECES]
    named = asked("turn_acts", page, pieces, client, account, MAX_TOKENS)
    return tuple((act, pieces[n - 1]) for n, act in dict.fromkeys(named) if 1 <= n <= len(pieces))


def turn_of(text: str, acts: Sequence[tuple[str, Span]], room: Room) -> Turn | None:
    """The turn that `acts` make, each value read by the rules; null where nothing comes of it."""
    names = [act for act, _ in acts]
    question = next((name for name in names if name in ASKS), None)
    if question is not None:
        return Turn(text, "question", ask=Ask(ASKS[question], about=room.page.norm.strip(" ¶.!?。,;")))
    if "undo" in names:
        return Turn(text, "undo")
    edits = [edit for act, piece in acts for edit in _edits(act, piece, room)]
    if not edits:
        return None
    said = SAID.format(acts="; ".join(_said(edits)))
    return Turn(text, "what_if" if "suppose" in names else "edit", edits=tuple(edits), notes=(said,))


def _edits(act: str, piece: Span, room: Room) -> list[Edit]:
    quote = room.page.quote(piece)
    if act == "no_discount":
        return [Edit("max_discount_pct", "set", 0.0, (quote,)), Edit("offer_types", "set", ("none",), (quote,))]
    if act in SET:
        heard = room.ear.hear(quote.quote, quote.start, SET[act])
        fields = ALSO.get(SET[act], (SET[act],))
        return [
            Edit(name, "set", getattr(heard.fields, name), heard.quotes[name]) for name in fields if _has(heard, name)
        ]
    if act in CHANNELS:
        return _channels(CHANNELS[act], room.ear.hear(quote.quote, quote.start, "channels"))
    if act in PEOPLE:
        return _people(PEOPLE[act], room, room.ear.hear(quote.quote, quote.start, "audience"))
    return []


def _has(heard: Heard, name: str) -> bool:
    return bool(heard.quotes.get(name)) and getattr(heard.fields, name) not in (None, ())


def _channels(verb: str, heard: Heard) -> list[Edit]:
    """Of "not over SMS" the rules hear that it is left out; which of the two she wants is the act's to say."""
    named = tuple(dict.fromkeys((*heard.fields.channels, *heard.fields.channels_excluded)))
    quotes = (*heard.quotes.get("channels", ()), *heard.quotes.get("channels_excluded", ()))
    if not named or not quotes:
        return []
    if verb == "remove":
        return [Edit("channels_excluded", "add", named, quotes)]
    return [Edit("channels", "add" if verb == "add" else "set", named, quotes, keeps=verb == "add")]


def _people(verb: str, room: Room, heard: Heard) -> list[Edit]:
    conditions = (*heard.fields.audience, *heard.fields.exclude)
    quotes = (*heard.quotes.get("audience", ()), *heard.quotes.get("exclude", ()))
    if not conditions or not quotes or heard.brief.status == "refused" or heard.questions:
        return []
    new = changed(room.brief.fields, verb, conditions)  # type: ignore[arg-type]
    return [Edit(name, "set", value, quotes, keeps=verb != "instead") for name, value in new.items()]


def _said(edits: Iterable[Edit]) -> list[str]:
    return list(dict.fromkeys(f"{edit.field.replace('_', ' ')} from “{edit.quotes[0].quote}”" for edit in edits))
