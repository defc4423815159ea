"""A turn as text to a turn as edits or a question. No model. Total: any text gives a `Turn`, most of them `unclear`.

The order matters. What is planted or refused changes nothing, whatever else the turn says. A question never edits.
What answers a question that was asked is tried before what a turn says of itself.
"""

import re

from agent.brief.fields import Brief, Question
from agent.brief.language import foreign
from agent.brief.page import Page, Span
from agent.brief.refusals import refusals
from agent.brief.suspicious import notes as planted_notes
from agent.brief.suspicious import suspicious
from agent.conversation.answering import answer
from agent.conversation.asking import ask_of
from agent.conversation.cutting import pieces, verbs
from agent.conversation.demands import Room, demands
from agent.conversation.hearing import Ear
from agent.conversation.heeding import heed
from agent.conversation.turn import Edit, Turn, TurnKind
from agent.conversation.wording import pattern

MOST_CHARACTERS = 4000
SHORT: tuple[TurnKind, ...] = ("undo", "confirm", "thanks", "leave_out")
RELEASE = (
    "A turn approves and sends nothing: a named person approves the plan that was shown (`briefsmith approve`), and "
    "then it is exported."
)
NOTHING = "What is to be changed, or what would you like to know?"


def read_turn(text: str, brief: Brief, ear: Ear, *, asked: tuple[Question, ...] = (), offered: bool = False) -> Turn:
    """Reads a turn of the conversation about `brief`.

    Args:
        asked: what was asked back on the turn before, or null; the brief's own questions stand in the brief.
        offered: something was shown that "do it" can mean.
    """
    page = Page.of(text[:MOST_CHARACTERS])
    whole = page.norm.strip(" ¶.!?。,;")
    if not whole:
        return Turn(text, "unclear", notes=(NOTHING,))
    planted = suspicious(page) or tuple(Span(*m.span()) for m in page.find(pattern("planted")))
    if planted:
        return Turn(text, "suspicious", notes=planted_notes(page, planted))
    refused = refusals(page)
    if refused:
        return Turn(text, "refused", notes=tuple(r.note for r in refused))
    if len(text) > MOST_CHARACTERS:
        return Turn(
            text, "unclear", notes=(f"A turn of {len(text):,} characters is too long to be read; say it shorter.",)
        )
    if pattern("release").fullmatch(whole):
        return Turn(text, "unclear", notes=(RELEASE,))
    for kind in SHORT:
        if pattern(kind).fullmatch(whole) and (kind != "confirm" or offered):
            return Turn(text, kind)
    answered = answer(text, page, brief, ear, asked)
    if answered is not None:
        return answered
    return _free(text, page, whole, brief, ear)


def _free(text: str, page: Page, whole: str, brief: Brief, ear: Ear) -> Turn:
    """A turn that answers nothing: a question, a what-if, or a demand."""
    ask = ask_of(whole)
    if ask is not None:
        return Turn(text, "question", ask=ask)
    supposed = pattern("what_if").match(page.norm)
    start = supposed.end() if supposed and supposed.end() else 0
    bare = not start and pattern("what_if_bare").fullmatch(whole) is not None
    if not (start or bare) and _asks(page.norm):
        return Turn(text, "unclear", notes=("That question is not understood; “help” says what can be asked.",))
    tail = pattern("what_if_tail").search(page.norm) if start or bare else None
    room = Room(page.without([Span(0, start)] + ([Span(*tail.span())] if tail else [])), brief, ear)
    turn = _demanded(text, room)
    language = foreign(page.norm) if turn.kind == "unclear" else None
    if language:
        return Turn(text, "unclear", notes=(f"This reads as {language}; English and Chinese are understood here.",))
    if not (start or bare) or turn.kind != "edit":
        return turn
    return Turn(text, "what_if", edits=turn.edits, notes=turn.notes, left=turn.left)


def _asks(norm: str) -> bool:
    polite = pattern("polite").match(norm)
    return not polite and bool(pattern("interrogative").match(norm.strip()))


def _demanded(text: str, room: Room) -> Turn:
    edits: list[Edit] = []
    questions: list[Question] = []
    left: list[str] = []
    for piece in pieces(room.page):
        own = demands(room, piece)
        page = room.page.without(own.taken)
        said = heed(room, page, piece)
        edits += [*own.edits, *(e for e in said.edits if not _doubled(e, own.edits))]
        questions += [*own.questions, *(q for q in said.questions if not _settled(q, own.edits))]
        if not (own.edits or own.questions or said.edits or said.questions):
            if not _filler(room.page.norm[piece.start : piece.end]):
                left.append(room.page.said(piece).strip())
        else:
            left += _left_over(room.page.without((*own.taken, *said.taken)), piece)
    if questions:
        return Turn(text, "unclear", questions=tuple(dict.fromkeys(questions)), left=tuple(left))
    if not edits:
        return Turn(text, "unclear", notes=_not_understood(left), left=tuple(left))
    return Turn(text, "edit", edits=tuple(edits), notes=_not_taken(left), left=tuple(left))


def _doubled(edit: Edit, others: tuple[Edit, ...]) -> bool:
    """The same words were read as a demand already."""
    return any(edit.field == other.field for other in others)


def _settled(question: Question, edits: tuple[Edit, ...]) -> bool:
    return any(question.field == edit.field for edit in edits)


def _filler(words: str) -> bool:
    spaced = " ".join(re.sub(r"[^\w\s']|▒", " ", words).split())
    return not spaced or bool(pattern("filler").fullmatch(spaced))


def _left_over(page: Page, piece: Span) -> list[str]:
    """Runs of words between what was understood: not the verbs, not single words, not what says nothing."""
    bare = page.without(said.where for said in verbs(page, piece))
    runs = re.finditer(r"[^▒,.;:!?。，；、]+", bare.norm[piece.start : piece.end])
    spans = [Span(piece.start + run.start(), piece.start + run.end()) for run in runs]
    return [page.said(s).strip() for s in spans if _says_something(bare.norm[s.start : s.end])]


def _says_something(words: str) -> bool:
    content = [word for word in re.findall(r"[a-z']{3,}", words) if not _filler(word)]
    return len(content) >= 2 or len(re.findall(r"[一-鿿]", words)) >= 4


def _not_understood(left: list[str]) -> tuple[str, ...]:
    if not left:
        return (NOTHING,)
    words = "”, “".join(left)
    return (f"Not understood, so nothing was changed: “{words}”. “help” says what can be changed and asked.",)


def _not_taken(left: list[str]) -> tuple[str, ...]:
    return tuple(f"Not understood, and so not taken: “{words}”." for words in left)
