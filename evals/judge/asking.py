"""A model as judge: one message against a rubric, and against another message in both orders.

`judge` is 1 where the rubric's last verdict is pass, 0 where it is fail, null where it is neither. `preferred` is the
message's share of the win over the other one: 0.5 where the order decided, or both orders say tie.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evals.judge.verdict import preferred, rubric_score, verdict
from evals.tasks.base import Scored
from prompts.load import prompt
from tools.llm.types import Ask

if TYPE_CHECKING:
    from evals.target import Asking

JUDGED = ("judge", "preferred")
PROMPTS = ("judge_rubric", "judge_pair")
ORDERS = ("first", "second", "tie")
MAX_TOKENS = 400


@dataclass(frozen=True)
class Exhibit:
    """What a judge is shown: what was asked for, a message by its parts, and another one to hold it against."""

    asked: Mapping[str, str]
    message: Mapping[str, str]
    other: Mapping[str, str] = field(default_factory=dict)
    """Empty: there is none, and nothing is preferred."""


def judge_id(model: str) -> str:
    """A judge is a model with its rubric: another wording is another judge, and is calibrated anew."""
    told = "".join(prompt(name).sha for name in PROMPTS)
    return f"{model}@{hashlib.sha256(told.encode()).hexdigest()[:12]}"


async def judged(exhibit: Exhibit, ask: Asking) -> Scored:
    """One to three questions, all at once."""
    asked = dict(exhibit.asked)
    wanted = [_ask("judge_rubric", asked=asked, copy=dict(exhibit.message))]
    pair = (dict(exhibit.message), dict(exhibit.other))
    if exhibit.other:
        wanted += [_ask("judge_pair", asked=asked, first=a, second=b) for a, b in (pair, pair[::-1])]
    said = [answer.choices[0].text for answer in await asyncio.gather(*(ask(one) for one in wanted))]
    found = rubric_score(said[0])
    share = preferred(verdict(said[1], ORDERS), verdict(said[2], ORDERS)) if exhibit.other else None
    unread = [text for text in said[1:] if verdict(text, ORDERS) is None]
    detail = "; ".join(f"the judge said {text[:120]!r}" for text in [*filter(None, [found.detail]), *unread])
    return Scored({**found.scores, "preferred": share}, detail)


def _ask(name: str, **values: object) -> Ask:
    one = prompt(name)
    message = {"role": "user", "content": one.render(**values)}
    return Ask(messages=(message,), prompt_id=one.id, prompt_sha=one.sha, max_tokens=MAX_TOKENS)
