"""Whatever honest copy it is added to: an unknown address, a digit or a banned word fails; nothing crashes."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.golden.base import MAIN, PARTS, SLOTS, context, message
from tools.compliance.check import check_message, failures
from tools.compliance.han import han_hits
from tools.compliance.message import Message
from tools.compliance.params import Params
from tools.compliance.rule import rules
from tools.compliance.slots import fill
from tools.compliance.text import tokens

NAUGHTY = Path(__file__).parents[4] / "shared" / "corpora" / "naughty-strings.json"
BASES = st.sampled_from(sorted(PARTS))
LABEL = st.from_regex(r"[a-z]{3,10}", fullmatch=True)


def put(base: str, words: str, where: int) -> Message:
    """Words put between two words of an honest message's main part."""
    text = message(base)
    part = MAIN[text.channel]
    template = text.parts[part]
    gaps = [at for at in range(len(template) + 1) if template[:at].count("{") == template[:at].count("}")]
    at = gaps[where % len(gaps)]
    return message(base, parts={part: f"{template[:at]} {words} {template[at:]}"})


def failed_rules(text: Message, base: str) -> set[str]:
    return {check.rule_id for check in failures(check_message(text, context(base)), "block")}


@settings(max_examples=60, deadline=None)
@given(BASES, LABEL, LABEL, st.sampled_from(["com", "cn", "test", "shop", "ninja"]), st.booleans(), st.integers(0, 500))
def test_an_unknown_address_always_fails(base: str, name: str, path: str, top: str, scheme: bool, where: int) -> None:
    address = f"{'https://' if scheme else ''}{name}.{top}/{path}"
    assert "link_facts" in failed_rules(put(base, address, where), base)


@settings(max_examples=60, deadline=None)
@given(BASES, st.characters(categories=("Nd", "Nl", "No")), st.integers(0, 500))
def test_a_digit_of_any_script_always_fails(base: str, digit: str, where: int) -> None:
    assert "price_facts" in failed_rules(put(base, digit, where), base)


TIER_ONE = Params(rules()["CN-AD-01"].params).words("tier_one")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["cn_email", "cn_sms", "cn_push"]),
    st.sampled_from(TIER_ONE),
    st.sampled_from(["", " ", "-", "·", "*", "_", "\u200b", "，", "🐶"]),
    st.integers(0, 500),
)
def test_a_banned_word_always_fails(base: str, word: str, between: str, where: int) -> None:
    assert "CN-AD-01" in failed_rules(put(base, between.join(word), where), base)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_matching_takes_any_text(text: str) -> None:
    assert all(isinstance(token, str) for token in tokens(text))
    assert "最佳" in han_hits(f"{text}。最佳", ["最佳"], through_stops=False)


@settings(max_examples=60, deadline=None)
@given(BASES, st.text(max_size=40), st.text(max_size=40))
def test_any_words_give_verdicts_and_no_error(base: str, words: str, name: str) -> None:
    checks = check_message(message(base, add=words, slots={"first_name": name}), context(base))
    assert all(check.detail and check.input_sha for check in checks)


@pytest.mark.skipif(not NAUGHTY.exists(), reason="shared/corpora/naughty-strings.json is not beside the checkout")
@pytest.mark.parametrize("base", ["us_email", "cn_sms"])
def test_naughty_strings_never_crash(base: str) -> None:
    strings = [text for text in json.loads(NAUGHTY.read_text(encoding="utf-8")) if _encodable(text)]
    assert len(strings) > 400
    facts, text = context(base), message(base)
    language = text.language
    slots = SLOTS[language]
    for naughty in strings:
        parts = text.parts | {MAIN[text.channel]: naughty}
        values = slots | {"product": naughty, "first_name": naughty}
        odd = text.model_copy(
            update={"parts": parts, "rendered": fill(parts, values), "slots": values, "html": naughty}
        )
        checks = check_message(odd, facts)
        assert all(check.detail for check in checks)
        assert failures(checks, "block")


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)
