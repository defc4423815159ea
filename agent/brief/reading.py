"""What a reader of one field hands back."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.brief.fields import Question
from agent.brief.page import Span

T = TypeVar("T")


@dataclass(frozen=True)
class Reading(Generic[T]):
    """A value (null: not stated) and the spans of the page that it came from."""

    value: T | None = None
    spans: tuple[Span, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    taken: tuple[Span, ...] = ()
    """Spans that are used up beside `spans`: no other reader may read them."""
