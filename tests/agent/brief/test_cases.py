"""The cases of `evals/cases/briefs*.jsonl` that have been looked at: read exactly, but for those that are known."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evals.briefs import CASES, FRESH, NAMES_SCORED, UNSEEN, Report, load, score
from tools.vocabulary import CHANNELS


def test_the_cases_are_as_many_and_as_varied_as_they_should_be() -> None:
    cases = load()
    chinese = [case for case in cases if any("一" <= char <= "鿿" for char in case["text"])]
    assert len(cases) >= 240
    assert len({case["id"] for case in cases}) == len(cases)
    assert len(chinese) * 3 >= len(cases)
    assert Counter(case["slice"] for case in cases)["adversarial"] >= 40


@pytest.mark.parametrize("path", [CASES, FRESH, *UNSEEN], ids=lambda path: path.stem)
def test_every_case_is_one_that_can_be_scored(path: Path) -> None:
    """Only names are shown where one is not: nobody looks at the unseen."""
    cases = load(path)
    assert len({case["id"] for case in cases}) == len(cases) >= 60
    assert [case["id"] for case in cases if not _well_formed(case)] == []


def _well_formed(case: dict[str, Any]) -> bool:
    expected = case["expected"]
    lists = [expected.get(name) for name in ("audience", "exclude", "products", "channels", "channels_excluded")]
    for name in ("start", "end"):
        date.fromisoformat(expected.get(name) or case["today"])
    return (
        set(expected) <= set(NAMES_SCORED)
        and case["status"] in (None, "ok", "needs_input", "refused", "not_a_brief")
        and all(value is None or isinstance(value, list) for value in lists)
        and {*(expected.get("channels") or ()), *(expected.get("channels_excluded") or ())} <= set(CHANNELS)
        and (not expected.get("budget") or expected["budget"].keys() == {"amount_minor", "currency"})
    )


HARD = (
    2, 3, 10, 12, 14, 16, 17, 18, 19, 21, 23, 24, 25, 29, 31, 32, 34, 36, 38, 39, 40, 41, 42, 46, 52, 56, 64, 77, 78,
    82, 83, 85, 87, 92, 101, 104, 110,
)  # fmt: skip
"""Of the 110 long and contrived briefs of another hand (`hold-…`), those that are not read exactly yet."""
NOT_YET = {
    "fresh-dev-007",
    "fresh-held-004",
    "fresh-held-063",
    "fresh-held-068",
    "fresh-held-076",
    "held-028",
    "held-071",
    "held-119",
    "money-009",
    "money-086",
    "money2-003",
    "money2-004",
    "money2-011",
    "money2-012",
    "money2-017",
    "money2-021",
    "money2-030",
    "near-038",
    "prac-003",
    "prac-004",
    "prac-017",
    "prac-022",
    "prac-024",
    "prac-032",
    "prac-034",
    "prac-039",
    "prac-042",
    "prac-044",
    "prac-083",
    "prac-103",
    *(f"hold-{number:03}" for number in HARD),
}
"""Cases whose misreading is known: mostly asked about or missed."""


def cases() -> list[dict[str, Any]]:
    """Those that have been looked at: the new ones are `held` until somebody has."""
    return [*load(split="dev"), *load(FRESH, "dev")]


@cache
def report(hard: bool) -> Report:
    """Of the `hold-…` cases, or of the others; each case is read once."""
    return score(case for case in cases() if case["id"].startswith("hold-") == hard)


def test_every_case_is_read_exactly_but_for_those_that_are_known() -> None:
    wrong = {failure["id"]: failure["wrong"] for hard in (False, True) for failure in report(hard).failures}
    assert {name: told for name, told in wrong.items() if name not in NOT_YET} == {}


@pytest.mark.parametrize(("hard", "fields", "invented"), [(False, 0.98, 8), (True, 0.88, 12)])
def test_so_many_fields_are_right_and_so_few_values_made_up(hard: bool, fields: float, invented: int) -> None:
    made = report(hard)
    assert made.fields_right / made.fields_scored > fields
    assert made.invented <= invented


def test_every_case_that_is_known_to_be_misread_is_one() -> None:
    assert {case["id"] for case in cases()} >= NOT_YET
