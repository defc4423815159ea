"""The golden cases of the rules: the same functions guard a campaign and are scored here."""

import json
from functools import cache

from evals.case import Case
from evals.golden import Case as Golden
from evals.golden import cases, verdict
from evals.target import Target
from evals.tasks.base import Answer, EvalTask, Scored


@cache
def task() -> EvalTask:
    return EvalTask("compliance", ("right",), tuple(_case(golden) for golden in cases()), answer, score)


def _case(golden: Golden) -> Case:
    kind = "must not fail" if golden.negative else "must fail"
    return Case(
        id=f"{golden.rule}/{golden.name}",
        input=golden.model_dump(mode="json", exclude={"expect", "severity", "says"}),
        expected=golden.model_dump(mode="json", include={"expect", "severity", "says"}),
        slice=kind,
        cluster=golden.rule,
        provenance="written by hand",
    )


def answer(case: Case, target: Target) -> Answer:
    found = verdict(Golden.model_validate(case.input | {"expect": case.expected["expect"]}))
    return Answer(json.dumps({"verdict": found.verdict, "severity": found.severity, "detail": found.detail}))


def score(case: Case, text: str) -> Scored:
    got, expected = json.loads(text), case.expected
    wrong = []
    if got["verdict"] != expected["expect"]:
        wrong.append(f"{expected['expect']} expected, {got['verdict']} found")
    if expected["severity"] and got["severity"] != expected["severity"]:
        wrong.append(f"{expected['severity']} expected, {got['severity']} found")
    if expected["says"] not in got["detail"]:
        wrong.append(f"the detail does not say {expected['says']!r}")
    return Scored({"right": float(not wrong)}, "; ".join(wrong))
