"""The sample brief of the README, and what every brief promises: each field has its words or its default."""

from datetime import date

from agent.brief.fields import BriefFields, Default, Quote
from tests.agent.brief.reading import SAMPLE, read, values
from tools.vocabulary import Money


def test_every_field_of_the_sample_brief_is_read_and_nothing_else() -> None:
    brief = read(SAMPLE)
    assert brief.status == "ok"
    assert values(SAMPLE) == {
        "goal": "win_back",
        "audience": ["bought:pet", "recency>=60"],
        "budget": Money(amount_minor=2_000_000, currency="USD").model_dump(),
        "start": "2017-12-01",
        "end": "2017-12-14",
        "channels": ["email", "sms"],
        "max_discount_pct": 15.0,
        "tone": "warm, a bit playful",
    }


def test_each_value_shows_the_words_that_it_came_from() -> None:
    evidence = read(SAMPLE).evidence
    quotes = {
        name: [quote.quote for quote in (entry if isinstance(entry, tuple) else (entry,)) if isinstance(quote, Quote)]
        for name, entry in evidence.items()
    }
    assert {name: found for name, found in quotes.items() if found} == {
        "goal": ["Win back"],
        "audience": ["pet owners", "who haven't bought for 60 days"],
        "budget": ["$20,000"],
        "start": ["Dec 1–14"],
        "end": ["Dec 1–14"],
        "channels": ["email", "SMS"],
        "max_discount_pct": ["never above 15% off"],
        "tone": ["Warm, a bit playful"],
    }


def test_what_is_not_stated_is_a_default_with_its_reason() -> None:
    evidence = read(SAMPLE).evidence
    assert set(evidence) == set(BriefFields.model_fields)
    for name in ("exclude", "products", "channels_excluded", "offer_types", "copy_language", "kpi", "holdout_pct"):
        entry = evidence[name]
        assert isinstance(entry, Default)
        assert entry.default.startswith("not stated")


def test_the_same_text_reads_the_same_twice() -> None:
    assert read(SAMPLE) == read(SAMPLE)


def test_a_year_is_the_next_that_is_not_past() -> None:
    assert read(SAMPLE, today=date(2026, 12, 20)).fields.start is None, "only just over: asked about, not moved a year"
    assert read(SAMPLE, today=date(2026, 6, 1)).fields.start == date(2026, 12, 1)
