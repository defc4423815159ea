"""The cases of `evals/cases/briefs.jsonl`: the part that was looked at is read whole, no part has made-up values."""

from collections import Counter

import pytest

from evals.briefs import FRESH, load, score


def test_the_cases_are_as_many_and_as_varied_as_they_should_be() -> None:
    cases = load()
    chinese = [case for case in cases if any("一" <= char <= "鿿" for char in case["text"])]
    assert len(cases) >= 240
    assert len({case["id"] for case in cases}) == len(cases)
    assert len(chinese) * 3 >= len(cases)
    assert Counter(case["slice"] for case in cases)["adversarial"] >= 40
    assert {case["split"] for case in cases} == {"dev", "held"}


NOT_YET = {
    "fresh-dev-007",
    "fresh-dev-008",
    "fresh-dev-014",
    "fresh-dev-054",
    "fresh-dev-081",
}
"""Cases looked at whose misreading is known: asked about or missed, but for two that narrow the audience."""


def test_every_case_that_was_tuned_on_is_read_exactly_but_for_those_that_are_known() -> None:
    report = score([*load(split="dev"), *load(FRESH, split="dev")])
    wrong = {failure["id"]: failure["wrong"] for failure in report.failures}
    assert {name: told for name, told in wrong.items() if name not in NOT_YET} == {}
    assert set(wrong) == NOT_YET, "read by now: take it off the list"
    assert report.invented <= 2


@pytest.mark.slow
def test_the_part_that_was_not_looked_at_stays_where_it_was_measured() -> None:
    report = score(load(split="held"))
    assert report.fields_right / report.fields_scored > 0.95
