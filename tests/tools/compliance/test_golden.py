"""Every rule against its golden cases; half of them must not fail."""

import pytest

from evals.golden import Case, base, cases, goods, verdict
from tools.compliance.check import check_message, failures
from tools.compliance.finding import functions
from tools.compliance.rule import rules


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.rule}: {case.name}")
def test_golden(case: Case) -> None:
    check = verdict(case)
    assert check.verdict == case.expect, check.detail
    if case.severity:
        assert check.severity == case.severity, check.detail
    assert case.says in check.detail


@pytest.mark.parametrize("rule_id", rules())
def test_each_rule_has_twenty_cases_and_half_are_negative(rule_id: str) -> None:
    own = [case for case in cases() if case.rule == rule_id]
    assert len(own) >= 20
    assert len({case.name for case in own}) == len(own)
    assert sum(case.negative for case in own) * 2 >= len(own), "half of the cases must not fail"
    assert sum(not case.negative for case in own) >= 8
    assert len({case.model_copy(update={"name": ""}).model_dump_json() for case in own}) == len(own), "a case twice"


@pytest.mark.parametrize("kind", [f"{market}_{channel}" for market in base.MARKETS for channel in base.CHANNELS])
def test_the_honest_message_passes_every_rule_whatever_it_sells(kind: str) -> None:
    told = {"wine": {"UK-AL-01"}, "vitamins": {"CN-AD-03"}}
    for one in (base.DOG_FOOD, *goods.NAMES):
        found = failures(check_message(base.message(kind, goods=one), base.context(kind, goods=one)))
        assert {check.rule_id for check in found} <= told.get(one, set()), found


def test_every_case_is_of_a_rule_and_every_rule_has_its_function() -> None:
    of_messages, of_plans = functions()
    assert {case.rule for case in cases()} == set(rules())
    assert set(of_messages) | set(of_plans) | {"diversity"} == set(rules())
    assert {rule.id for rule in rules().values() if rule.scope == "plan"} == set(of_plans)
    assert len(rules()) >= 40
