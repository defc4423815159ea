"""Copy by a model, as the product has it: asked, verified, asked once more, and the template's where nothing fits.

The cases are those of `copy` for three goals without an offer and with a discount. Where the target is embedded the
answers are recorded ones: the full tier sees what our verifier and rules make of a model's words, without the model.
"""

from __future__ import annotations

from functools import cache

from evals.case import Case, load_cases
from evals.tasks.base import EvalTask
from evals.tasks.copy import METRICS, PROMPTS, answer, exhibit, score

GOALS = ("win_back", "launch", "retain")
OFFERS = ("none", "percent")


@cache
def task() -> EvalTask:
    return EvalTask("writing", METRICS, tuple(_cases()), answer, score, PROMPTS, recorded="writing", exhibit=exhibit)


def _cases() -> list[Case]:
    return [c for c in load_cases("copy") if c.input["goal"] in GOALS and c.input["offer"]["type"] in OFFERS]
