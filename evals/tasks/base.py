"""What a task is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evals.case import Case
from evals.target import Target

if TYPE_CHECKING:
    from evals.judge.asking import Exhibit


@dataclass(frozen=True)
class Scored:
    """Metric → score in [0, 1], more is better; null is unscored. `detail` says in words what was wrong."""

    scores: dict[str, float | None]
    detail: str = ""


@dataclass(frozen=True)
class Answer:
    """What the target answered, as the text that is logged and scored, and what it took."""

    text: str
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True)
class EvalTask:
    """`answer` runs the target on a case; `score` sees the answer's text alone, so that a log can be scored again."""

    name: str
    metrics: tuple[str, ...]
    cases: tuple[Case, ...]
    answer: Callable[[Case, Target], Answer]
    score: Callable[[Case, str], Scored]
    prompts: tuple[str, ...] = field(default=())
    """Ids of the prompts that a model's answer rests on; none where no model is ever asked."""
    recorded: str = ""
    """The recording (`evals/recorded`) that answers where the target is embedded: the task needs a model."""
    exhibit: Callable[[Case, str], Exhibit] | None = None
    """What a judge is shown of an answer; null where there is nothing to judge."""
