"""Any text at all gives a brief, and every quotation is the text's own characters."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.brief.fields import Brief, BriefFields, Quote
from tests.agent.brief.reading import SAMPLE, asked, few, read

NAUGHTY = Path(__file__).parents[3].parent / "shared" / "corpora" / "naughty-strings.json"
WORDS = [
    "Win", "back", "pet", "owners", "who", "haven't", "bought", "for", "60", "days", "$20,000", "email", "and",
    "SMS", "Dec", "1–14", "never", "above", "15%", "off", "exclude", "wine", "buyers", "召回", "60天未购买的",
    "会员", "预算", "5万元", "短信", "12月1日至14日", "最多8折", "top", "20%", "not", "all", "customers",
    "holdout", "10", "%", "max", "2", "messages", "per", "customer", "between", "$5", "and", "£7.50k", "until",
    "the", "15th", "next", "week", "双11", "1/2", "3.4.", "(a)", ";", ":", "\n", "-", "\"", "'", "…", "—", "½",
    "①", "١٢", "８折", "𝟝k",
]  # fmt: skip


def holds(brief: Brief) -> None:
    assert set(brief.evidence) == set(BriefFields.model_fields)
    for name, entry in brief.evidence.items():
        quotes = [quote for quote in (entry if isinstance(entry, tuple) else (entry,)) if isinstance(quote, Quote)]
        for quote in quotes:
            assert brief.text[quote.start : quote.end] == quote.quote
            assert quote.quote.strip()
        stated = getattr(brief.fields, name) not in (None, ())
        assert bool(quotes) or not stated, f"{name} has a value and no words"
    assert Brief.model_validate_json(brief.model_dump_json()) == brief


@few
@given(st.text(max_size=300))
def test_any_text_gives_a_brief(text: str) -> None:
    holds(read(text))


@few
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_any_mixture_of_a_briefs_words_gives_a_brief_with_exact_quotes(text: str) -> None:
    holds(read(text))


@few
@given(st.integers(0, len(SAMPLE)), st.integers(0, len(SAMPLE)), st.text(max_size=20))
def test_a_damaged_brief_gives_a_brief(start: int, end: int, put: str) -> None:
    holds(read(SAMPLE[: min(start, end)] + put + SAMPLE[max(start, end) :]))


def test_naughty_strings_give_briefs() -> None:
    if not NAUGHTY.exists():
        pytest.skip(f"no corpus at {NAUGHTY}")
    strings = json.loads(NAUGHTY.read_text("utf-8"))
    for start in range(0, len(strings), 5):
        holds(read("Email pet owners, $5k.\n" + "\n".join(strings[start : start + 5])))


@pytest.mark.parametrize("text", ["a" * 20_000, "email " * 3_334, SAMPLE * 200, "$5k, " * 4_000])
def test_a_very_long_text_is_handled_quickly(text: str) -> None:
    began = time.perf_counter()
    brief = read(text)
    assert time.perf_counter() - began < 20
    holds(brief)
    if len(text) > 20_000:
        assert brief.status in ("needs_input", "not_a_brief")


def test_what_lies_beyond_the_limit_is_asked_about_and_not_dropped_unseen() -> None:
    brief = read(SAMPLE + " " + "x" * 20_000 + " exclude wine buyers")
    assert "brief" in asked(brief)


@pytest.mark.parametrize(
    "text", ["\ud800", "a\x00b", "\ufeffWin back pet owners", "em\u200bail to every\u00adone, $5k, Dec 1-14"]
)
def test_odd_characters_do_no_harm(text: str) -> None:
    brief = read(text)
    assert brief.text == text


def test_invisible_characters_do_not_hide_a_word() -> None:
    brief = read("em\u200bail to pet owners, $5k, Dec 1-14")
    assert brief.fields.channels == ("email",)
