"""What one turn of a conversation says, once read: edits of the brief, a question about the plan, or neither."""

from dataclasses import dataclass, field
from typing import Any, Literal

from agent.brief.fields import Question, Quote

TurnKind = Literal[
    "edit", "answer", "question", "what_if", "undo", "confirm", "leave_out", "thanks", "unclear", "suspicious",
    "refused",
]  # fmt: skip
AskKind = Literal[
    "segment", "more_budget", "left_out", "members", "which_limit", "no_offer", "channel", "test", "basis", "copy",
    "products", "checks", "spend", "expected", "size", "summary", "changed", "help",
]  # fmt: skip
Op = Literal["set", "add", "narrow", "remove", "clear"]
STEP = "step:"
"""Begins the field of an edit that is an argument of a step, not a field of the brief."""


@dataclass(frozen=True)
class Edit:
    """One change of a field. `value` is what the field is set to, or what is added, narrowed to or removed.

    `keeps`: the words that the field came from before still hold beside the new ones.
    """

    field: str
    op: Op
    value: Any = None
    quotes: tuple[Quote, ...] = ()
    keeps: bool = False
    answers: str | None = None
    """The words that a question was about, where the edit answers that one and no other."""
    note: str | None = None
    """How it was read, where that is not plain from the change itself."""


@dataclass(frozen=True)
class Ask:
    """A question about the plan. `about`: the words that may name a segment or channel, or the amount asked about;
    `count`: how many are to be shown."""

    kind: AskKind
    about: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Turn:
    """`kind` says which of the other fields hold something.

    `questions` are asked back: nothing is changed until they are answered. `left` are words that were not understood.
    """

    text: str
    kind: TurnKind
    edits: tuple[Edit, ...] = ()
    ask: Ask | None = None
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    heard: dict[str, Any] = field(default_factory=dict)
    """A whole brief, where the turn is one and the campaign had none."""
