"""A brief as text to a brief as fields, with the words that each field came from. No model, no index.

The order matters. What is planted, and what is about other campaigns, is taken off the page first. Then each reader
takes its own words, the audience before money and days, so that "haven't bought for 60 days" is no window and "spent
over $200" no budget.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from agent.brief import extras, past, repairs, suspicious
from agent.brief.around import around, older
from agent.brief.assemble import assemble, not_a_brief
from agent.brief.audience.read import Audience, read_audience
from agent.brief.boxes import unchosen
from agent.brief.budget import read_budget
from agent.brief.channels import Channels, read_channels
from agent.brief.copy_words import quoted_words
from agent.brief.day_pairs import order_of
from agent.brief.days import Reader
from agent.brief.discounts import read_discounts
from agent.brief.fields import Brief
from agent.brief.goals import read_goal
from agent.brief.labels import labels
from agent.brief.language import foreign, is_chinese
from agent.brief.lexicon import words
from agent.brief.money import Till
from agent.brief.own import own_figures
from agent.brief.page import Page, Span
from agent.brief.products import read_products
from agent.brief.reading import Reading
from agent.brief.refusals import refusals
from agent.brief.timing import read_timing
from agent.brief.tone import read_tone

MOST_CHARACTERS = 20_000
"""What lies beyond is not read, and the brief then needs input."""


def read_brief(text: str, *, today: date, shop_currency: str | None = None, shop_market: str | None = None) -> Brief:
    """Reads `text` as of `today`. Total: any text gives a `Brief`.

    Args:
        shop_currency: ISO 4217 code of the shop; decides what a bare `$` is, and whether the budget's currency differs.
        shop_market: decides whether `3/4` is month or day first; null where it is not known.
    """
    full = Page.of(text[:MOST_CHARACTERS])
    language = foreign(full.norm)
    if language:
        return not_a_brief(
            text,
            f"This reads as {language}; briefs are understood in English and Chinese. Could you write it in one of "
            "them?",
        )
    planted = suspicious.suspicious(full)
    reader = Reader(today, shop_market, is_chinese(full.norm), order_of(full.norm))
    page = full.without((*planted, *unchosen(full)))
    quoted = older(page)
    page = page.without((*quoted, *around(page, reader)))
    told = (*quoted, *past.past(page, today))
    told = (*told, *labels(page).get("background", ()))
    page = page.without(repairs.taken_back(page))
    clean = page.without(told)
    parts = _read(clean, today, shop_currency, shop_market)
    notes = (*suspicious.notes(full, planted), *past.notes(page, told))
    too_long = len(text) if len(text) > MOST_CHARACTERS else None
    return assemble(text, clean, parts, refused=refusals(page), notes=notes, too_long=too_long)


def _read(page: Page, today: date, shop_currency: str | None, shop_market: str | None) -> dict[str, Any]:
    """Every reader's answer, by field; `channels` and `audience` in whole."""
    chinese = is_chinese(page.norm)
    reader, till = Reader(today, shop_market, chinese, order_of(page.norm)), Till.of(shop_currency)
    zones = dict(labels(page))
    holdout = extras.read_holdout(page, zones.get("holdout", ()))
    frequency = extras.read_frequency(page, zones.get("frequency_cap", ()))
    language = extras.read_language(page, zones.get("copy_language", ()))
    kpi = extras.read_kpi(page, zones.get("kpi", ()))
    rest = _less(page, holdout, frequency, kpi)
    quiet = extras.quiet_hours(rest)
    still = [quiet.phrase] if quiet else []
    rest = rest.without(still)
    must, avoid = quoted_words(rest, "must"), quoted_words(rest, "avoid")
    banned = (*must, *avoid)
    audience = read_audience(
        _for_audience(rest.without((*banned, *span_of_new(rest), *own_figures(rest))), zones),
        reader,
        till,
        zones.get("audience", ()),
        zones.get("exclude", ()),
    )
    after = rest.without(audience.taken).without(banned)
    discounts = read_discounts(after, till, zones.get("discount", ()))
    channels = _channels(rest, audience, zones)
    if frequency.value and all(m.negated for m in channels.mentions):
        # "a single email per customer" names the channel too
        channels = _channels(_less(page, holdout, kpi).without(still), audience, zones)
    spent = _less(after, discounts.cap, discounts.types)
    timing = read_timing(spent, reader, zones.get("window", ()))
    budget = read_budget(
        _less(spent, timing.start, timing.end),
        till,
        chinese=chinese,
        shop_currency=shop_currency,
        days=timing.days,
        label=zones.get("budget", ()),
        channels=channels.mentions,
    )
    left = _less(spent, budget)
    goods = _less(after, budget).without(m.where for m in channels.mentions)
    people = (*audience.included.spans, *audience.excluded.spans)
    return {
        "goal": read_goal(_less(page, kpi), zones.get("goal", ()), people),
        "audience": audience,
        "budget": budget,
        "timing": timing,
        "channels": channels,
        "discounts": discounts,
        "holdout_pct": holdout,
        "frequency_cap": frequency,
        "copy_language": language,
        "kpi": kpi,
        "quiet": quiet.time if quiet else None,
        "products": read_products(_less(goods, timing.start, timing.end), zones.get("products", ())),
        "tone": read_tone(left, zones.get("tone", ())),
        "must": must,
        "avoid": avoid,
    }


def span_of_new(page: Page) -> tuple[Span, ...]:
    """ "Acquire new customers" is a goal: those words name nobody whom the shop knows."""
    spans = []
    for match in page.find(words("goals", "acquire")):
        tail = re.compile(
            r"(?:\s(?:some|more|brand[- ]))*\s?new[- ](?:customers|shoppers|buyers|members|users|people|ones|"
            r"subscribers)"
        ).match(page.norm, match.end())
        spans.append(Span(match.start(), tail.end() if tail else match.end()))
    return tuple(spans)


def _less(page: Page, *readings: Reading[Any]) -> Page:
    return page.without(span for reading in readings for span in (*reading.spans, *reading.taken))


def _for_audience(page: Page, zones: Mapping[str, tuple[Span, ...]]) -> Page:
    """Where a heading says who is meant, people under "Goal:", "Products:" or "KPI:" are not."""
    if not zones.get("audience"):
        return page
    return page.without(zone for name in ("goal", "products", "kpi", "tone") for zone in zones.get(name, ()))


def _channels(page: Page, audience: Audience, zones: Mapping[str, tuple[Span, ...]]) -> Channels:
    """From `page` without conditions on customers ("who opened our last email"): their words name no channel to use."""
    left = page.without((*audience.included.spans, *audience.excluded.spans))
    return read_channels(left, zones.get("channels", ()), zones.get("exclude", ()))
