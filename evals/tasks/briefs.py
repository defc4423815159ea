"""Reading briefs: every field as stated, nothing made up."""

import json
from functools import cache
from typing import Any

from evals.briefs import CASES, FRESH, NAMES_SCORED, items_of, load, read_all, read_case
from evals.case import Case
from evals.target import Target
from evals.tasks.base import Answer, EvalTask, Scored

BY_FIELD = tuple(f"{name}.{rate}" for name in NAMES_SCORED for rate in ("precision", "recall"))
"""Of a case: the share of what was read of a field that is right, and of what is stated that was read."""
METRICS = ("exact", "fields", "nothing_invented", "status", *BY_FIELD)


@cache
def task() -> EvalTask:
    return EvalTask(
        "briefs", METRICS, tuple(_case(row) for path in (CASES, FRESH) for row in load(path, "dev")), answer, score
    )


def _case(row: dict[str, Any]) -> Case:
    return Case(
        id=row["id"],
        input={"text": row["text"], "today": row["today"], "shop": row.get("shop", {})},
        expected={"fields": row["expected"], "status": row["status"]},
        slice=row["slice"],
        cluster=row["id"],
        provenance=row.get("provenance", "written by hand"),
        split=row["split"],
    )


def answer(case: Case, target: Target) -> Answer:
    """The fields read, in the form in which cases state them."""
    brief = read_case(case.input)
    return Answer(json.dumps({"fields": read_all(brief), "status": brief.status}, ensure_ascii=False, sort_keys=True))


def score(case: Case, text: str) -> Scored:
    """`fields` is the share of fields that are right among those stated or read; none of either is no data."""
    got, wrong = json.loads(text), []
    scores: dict[str, float | None] = dict.fromkeys(BY_FIELD)
    right = seen = invented = 0
    for name in NAMES_SCORED:
        expected = case.expected["fields"]
        if name in expected and expected[name] is None:
            continue
        said, read = items_of(name, expected.get(name)), items_of(name, got["fields"].get(name))
        if not said and not read:
            continue
        scores[f"{name}.precision"] = len(said & read) / len(read) if read else None
        scores[f"{name}.recall"] = len(said & read) / len(said) if said else None
        seen += 1
        right += said == read
        invented += bool(read and not said)
        if said != read:
            wrong.append(f"{name}: {expected.get(name)} read as {got['fields'].get(name)}")
    status = case.expected["status"]
    if status is not None and status != got["status"]:
        wrong.append(f"status: {status} read as {got['status']}")
    scores |= {
        "exact": float(not wrong),
        "fields": right / seen if seen else None,
        "nothing_invented": float(not invented),
        "status": None if status is None else float(status == got["status"]),
    }
    return Scored(scores, "; ".join(wrong))
