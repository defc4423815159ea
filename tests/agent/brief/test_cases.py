"""The cases of `evals/cases/briefs.jsonl`: the part that was looked at is read whole, no part has made-up values."""

from collections import Counter

import pytest

from evals.briefs import load, score


def test_the_cases_are_as_many_and_as_varied_as_they_should_be() -> None:
    cases = load()
    chinese = [case for case in cases if any("一" <= char <= "鿿" for char in case["text"])]
    assert len(cases) >= 240
    assert len({case["id"] for case in cases}) == len(cases)
    assert len(chinese) * 3 >= len(cases)
    assert Counter(case["slice"] for case in cases)["adversarial"] >= 40
    assert {case["split"] for case in cases} == {"dev", "held"}


def test_every_case_that_was_tuned_on_is_read_exactly() -> None:
    report = score(load(split="dev"))
    assert [(failure["id"], failure["wrong"]) for failure in report.failures] == []


@pytest.mark.slow
def test_the_part_that_was_not_looked_at_stays_where_it_was_measured() -> None:
    report = score(load(split="held"))
    assert report.fields_right / report.fields_scored > 0.95
