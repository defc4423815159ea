"""Reading with a model: the rules first, then the clauses it points at; with a faulty one the rules alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.brief.fields import Brief
    from agent.conversation.hearing import Ear
    from agent.conversation.turn import Turn
    from tools.llm.account import Account
    from tools.llm.client import LlmClient


def read_with(brief: Brief, client: LlmClient, account: Account, ear: Ear) -> Brief:
    """The brief, with what the rules read where the model points.

    A failure of the model changes nothing: it is said in the notes.
    """
    from agent.brief import past, suspicious
    from agent.brief.page import Page
    from agent.brief.read import MOST_CHARACTERS
    from agent.pointing.pieces import pieces_of, point
    from agent.pointing.reconcile import reconcile

    page = Page.of(brief.text[:MOST_CHARACTERS])
    planted = suspicious.suspicious(page)
    pieces = pieces_of(page, (*planted, *past.past(page.without(planted), ear.today)))
    if brief.status not in ("ok", "needs_input") or not pieces:
        return brief
    try:
        pointed = point(page, pieces, client, account)
    except ToolFailure as failure:
        if not failure.code.startswith("llm_"):
            raise
        note = f"The model could not be asked about the brief, so the rules alone read it: {failure.message}"
        return brief.model_copy(update={"notes": (*brief.notes, note)})
    return reconcile(brief, page, pointed, ear)


def turn_with(turn: Turn, brief: Brief, client: LlmClient, account: Account, ear: Ear) -> Turn:
    """A turn that the rules do not understand, as a model points at what it does; else as it was.

    What is planted or refused is never put to the model. What it makes of a turn that the rules ask about stands only
    where the rules read a value in the words it points at.
    """
    from agent.brief.page import Page
    from agent.conversation.demands import Room
    from agent.conversation.read import MOST_CHARACTERS
    from agent.pointing.acts import acts_of, turn_of

    if turn.kind != "unclear" or not turn.text.strip() or len(turn.text) > MOST_CHARACTERS:
        return turn
    room = Room(Page.of(turn.text), brief, ear)
    try:
        return turn_of(turn.text, acts_of(room.page, client, account), room) or turn
    except ToolFailure as failure:
        if not failure.code.startswith("llm_"):
            raise
        return turn
