"""How rules are chosen, dated, hashed and warned about."""

import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from evals.golden.base import context, message
from tools.compliance.check import _check, check_message, check_plan, failures
from tools.compliance.finding import Finding, message_rule, plan_rule, shown
from tools.compliance.params import Params
from tools.compliance.rule import Rule, rules
from tools.compliance.sensitive import sensitive_terms
from tools.vocabulary import Market


@pytest.mark.parametrize(("market", "other"), [("US", "CN"), ("CN", "US"), ("EU", "CN"), ("UK", "US")])
def test_only_the_recipients_market_speaks(market: Market, other: str) -> None:
    checks = check_message(message(market=market), context(market=market))
    checks += check_plan(context(market=market))
    assert {check.market for check in checks} == {market}
    assert not any(check.rule_id.startswith(other) and rules()[check.rule_id].markets == (other,) for check in checks)


def test_an_unknown_market_takes_the_union() -> None:
    unknown = {check.rule_id for check in check_message(message(market="XX"), context())}
    for market in ("US", "CN", "EU", "UK"):
        assert {check.rule_id for check in check_message(message(market=market), context())} <= unknown
    assert {"US-EM-01", "CN-AD-01", "EU-GR-01", "UK-PR-01"} <= unknown
    named = {check.rule_id: check.market for check in check_message(message(market="XX"), context())}
    assert (named["US-EM-01"], named["CN-AD-01"], named["link_facts"]) == ("US", "CN", "XX")


def test_the_channel_chooses_too() -> None:
    sms = {check.rule_id for check in check_message(message("us_sms"), context("us_sms"))}
    assert "US-SMS-03" in sms
    assert "US-EM-01" not in sms
    assert "US-SMS-01" not in {check.rule_id for check in check_plan(context("us_email"))}


def test_an_honest_message_to_an_unknown_market_only_lacks_what_another_market_asks_for() -> None:
    checks = check_message(message(market="XX"), context(market="XX"))
    assert failures(checks) == []


def test_a_rule_that_has_run_out_is_not_applicable() -> None:
    rule = rules()["US-EM-01"].model_copy(update={"effective_until": date(2026, 1, 1)})
    check = _check(rule, lambda _: Finding("fail", "no"), "US", "copy", "", context())
    assert check.verdict == "not_applicable"
    assert "2026-01-01" in check.detail


@pytest.mark.parametrize(("days", "stale"), [(365, False), (366, True), (-3000, False)])
def test_a_rule_warns_a_year_after_its_review(days: int, stale: bool) -> None:
    reviewed = max(rule.reviewed_on for rule in rules().values())
    checks = check_plan(context(today=reviewed + timedelta(days=days)))
    warned = [check for check in checks if check.subject.startswith("rule:")]
    assert bool(warned) == stale
    assert {check.severity for check in warned} <= {"warn"}
    if stale:
        assert len(warned) == sum(rule.concerns("US") for rule in rules().values())


def test_the_hash_is_of_the_rules_input() -> None:
    def shas(text: str = "", **changes: Any) -> dict[str, str]:
        return {c.rule_id: c.input_sha for c in check_message(message(add=text), context(**changes))}

    first, again = shas(), shas()
    assert first == again
    assert len(set(first.values())) == len(first)
    assert all(first[rule_id] != sha for rule_id, sha in shas("Hello again.").items())
    assert all(first[rule_id] != sha for rule_id, sha in shas(price_history_known=True).items())


def test_the_details_are_one_sentence_in_plain_words() -> None:
    checks = check_message(message(add="Half price at evil.example!!"), context())
    for check in failures(checks):
        assert check.detail[0].isupper() or check.detail[0] in "“`"
        assert "\n" not in check.detail


def test_shown_escapes_cuts_and_counts() -> None:
    assert shown(["a\u202eb", "c" * 80]) == f"“a\\u202eb”, “{'c' * 59}…”"
    assert shown("abcdefg") == "“a”, “b”, “c”, “d”, “e” and 2 more"


def test_a_rules_file_with_an_unknown_key_is_refused() -> None:
    data = rules()["US-EM-01"].model_dump()
    with pytest.raises(ValidationError, match="colour"):
        Rule.model_validate(data | {"colour": "red"})
    with pytest.raises(ValidationError, match="pattern"):
        Rule.model_validate(data | {"id": "us em 1"})


def test_parameters_are_read_by_type() -> None:
    params = Params({"words": ["a", False], "number": True, "groups": [], "hours": {"US": [8]}, "numbers": 3})
    with pytest.raises(TypeError, match="words"):
        params.words("words")
    with pytest.raises(TypeError, match="number"):
        params.number("number")
    with pytest.raises(TypeError, match="groups"):
        params.groups("groups")
    with pytest.raises(TypeError, match="hours"):
        params.hours("hours")
    with pytest.raises(TypeError, match="numbers"):
        params.numbers("numbers")
    with pytest.raises(KeyError):
        params.words("missing")


def test_two_functions_for_one_rule_are_refused() -> None:
    check_plan(context())
    with pytest.raises(ValueError, match="two functions"):
        message_rule("US-EM-01")(lambda _message, _context, _params: Finding("pass", "yes"))
    with pytest.raises(ValueError, match="two functions"):
        plan_rule("XX-FQ-01")(lambda _context, _params: Finding("pass", "yes"))


def test_unverified_rules_say_so() -> None:
    unverified = {rule.id for rule in rules().values() if not rule.verified}
    assert {"US-SMS-03", "US-SMS-04", "EU-HE-01", "UK-AL-01", "CN-AD-02", "CN-AD-03", "CN-AD-04"} <= unverified
    assert "US-EM-01" not in unverified


def test_sending_hours_are_validated() -> None:
    with pytest.raises(ValidationError, match="send_hours"):
        context(send_hours=(20, 8))


def test_sensitive_terms_are_found_among_a_filters_words() -> None:
    words = ["DOG FOODS", "PREGNANCY TESTS", "Race car toys", "age", "清真食品", "DIABETIC FOODS", "pregnancy tests"]
    assert sensitive_terms(words) == ("PREGNANCY TESTS", "清真食品", "DIABETIC FOODS", "pregnancy tests")


def test_nothing_heavy_is_imported_and_nothing_loaded_at_import() -> None:
    code = (
        "import sys, tools.compliance.check as c, tools.compliance.rule as r;"
        "heavy = {'opencc', 'yaml', 'babel', 'pandas', 'ibis', 'tools.copywriter.types'} & set(sys.modules);"
        "assert not heavy, heavy; assert r.rules.cache_info().currsize == 0"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
