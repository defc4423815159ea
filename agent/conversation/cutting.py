"""A turn cut into the pieces that each ask one thing, and the verb that each piece begins with."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from agent.brief.lexicon import LEFT
from agent.brief.page import Page, Span
from agent.conversation.wording import pattern

Verb = Literal["add", "remove", "only", "instead", "plain"]
"""`plain` says nothing of the others that were asked for: "use push"."""
VERBS: tuple[Verb, ...] = ("add", "remove", "only", "instead", "plain")
OTHER = (
    rf"{LEFT}(?:make|raise|lower|increase|reduce|decrease|change|set|split|segment|write|translate|start|end|run|move|"
    rf"extend|shorten|delay|keep|give|put|promote|focus|hold|double|halve|let|no|never|send|at most|max|start|launch)"
    r"(?![a-z])|把|将|请|换成|改成|改为|换为|预算|语气|文案|折扣|按|最多|延长|推迟|提前|缩短|只|不|别|再|用|留|主推|时间|渠道|对照"
)


@dataclass(frozen=True)
class Said:
    """A verb and where it stands, in the folded text of the page."""

    verb: Verb
    where: Span


@cache
def _joint() -> re.Pattern[str]:
    verbs = "|".join(pattern("verbs", verb).pattern for verb in VERBS)
    joint = (
        r"\s*[,;、]\s*(?:and |then |but |also |plus )*|\s+(?:and then|and|then|but)\s+"
        r"|\s*(?:并且|并|然后|同时|另外|而且)\s*"
    )
    return re.compile(rf"(?:{joint})(?=(?:please |also )?(?:{verbs}|{OTHER}))")


def pieces(page: Page) -> list[Span]:
    """Spans of the page that each ask one thing: its sentences, cut before each verb that opens a new demand."""
    found = []
    for sentence in page.sentences:
        start = sentence.start
        for joint in _joint().finditer(page.norm, sentence.start, sentence.end):
            if page.norm[start : joint.start()].strip():
                found.append(Span(start, joint.start()))
                start = joint.end()
        if page.norm[start : sentence.end].strip():
            found.append(Span(start, sentence.end))
    return found


def verbs(page: Page, piece: Span) -> list[Said]:
    """The verbs of a piece, in order; where two overlap the one that begins first, or is longer, stands."""
    hits = [
        Said(verb, Span(*match.span()))
        for verb in VERBS
        for match in pattern("verbs", verb).finditer(page.norm, piece.start, piece.end)
        if match.group()
    ]
    out: list[Said] = []
    for hit in sorted(hits, key=lambda s: (s.where.start, -s.where.end)):
        if not out or hit.where.start >= out[-1].where.end:
            out.append(hit)
    return out


def verb_of(page: Page, piece: Span, item: Span, others: list[Span]) -> Verb | None:
    """The verb that governs an item: the nearest before it with nothing of another kind between, or one after it.

    Args:
        others: items of other kinds, which end what a verb before them governs.
    """
    after = page.norm[item.end : piece.end]
    if pattern("too").match(after):
        return "add"
    if pattern("only_after").match(after):
        return "only"
    before = [said for said in verbs(page, piece) if said.where.start < item.end and said.where.start <= item.start]
    if not before:
        return "instead" if pattern("in_place").search(after) else None
    last = before[-1]
    if any(last.where.end <= other.start < item.start for other in others):
        return None
    if last.verb == "plain":
        return "instead" if pattern("in_place").search(after) else None
    return last.verb
