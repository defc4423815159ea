"""What is replied to a turn: in lines for a person, in fields for a system."""

from typing import Literal

from agent.brief.fields import Question
from agent.campaign import Problem, Status
from agent.conversation.difference import Difference
from agent.conversation.told import Figure
from agent.errors import EXIT_BY_STATUS, ExitStatus
from tools.vocabulary import Model

ReplyKind = Literal["revised", "undone", "answered", "what_if", "asked", "unclear", "refused", "unchanged"]
"""`asked`: the turn needs an answer first; `unclear`: it was not understood; neither changes anything."""


class Reply(Model):
    kind: ReplyKind
    campaign_id: str
    version: int
    status: Status
    """The campaign's, after the turn."""
    lines: tuple[str, ...]
    difference: Difference | None = None
    figures: tuple[Figure, ...] = ()
    """What an answer states, each with where it stands."""
    questions: tuple[Question, ...] = ()
    problem: Problem | None = None
    would_be: Status | None = None
    """What the campaign would have become: why the turn changed nothing."""
    private: bool = False
    """Holds rows about customers: shown, but kept in no log."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def exit_status(self) -> ExitStatus:
        """Of a command that said one turn: that of the campaign, or of the turn where it changed nothing."""
        if self.kind in ("revised", "undone"):
            return EXIT_BY_STATUS[self.status]
        if self.kind == "unchanged" and self.problem:
            return EXIT_BY_STATUS[self.would_be] if self.would_be else 1
        by_kind: dict[ReplyKind, ExitStatus] = {"asked": 10, "unclear": 10, "refused": 12}
        return by_kind.get(self.kind, 0)
