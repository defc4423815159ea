"""What the campaign is to sell, where the brief names it."""

import re
from functools import cache

from agent.brief.fields import ProductFocus
from agent.brief.lexicon import alternatives, lexicon
from agent.brief.page import MASK, Page, Span, span
from agent.brief.patterns import Patterns, patterns
from agent.brief.reading import Reading

NOT_HEADS = ("base", "group", "list", "segment", "audience", "cohort", "crowd", "contacts?", "accounts?", "runners?")
"""Heads of the audience's groups that end the names of goods too ("makeup base", "table runner")."""
READ = (
    "cross_sell", "promote", "focus", "clear", "launch", "launch_of", "percent_off", "offer_on", "sale_on", "chinese",
    "stock_zh", "priced_zh", "upsell_to", "upsell_people", "want_to_add", "overstock", "we_have_new", "bogo_on",
    "about", "at_percent_zh", "for_people", "at_percent", "recommend", "spotlight", "too_many", "must_go",
    "move_stock", "half_price", "sales_of", "named_zh", "around_zh", "event_zh",
    "clear_zh",
    "arrived", "arrived_zh", "bogo_zh", "stock_label_zh", "along_zh", "show_them",
)  # fmt: skip
"""Patterns that name products, in the order of precedence."""
LOOSE, LOOSE_ZH = ("for_people", "at_percent", "must_go"), ("around_zh", "event_zh", "named_zh", "clear_zh")
"""Patterns that take any word: what cannot be goods is passed over."""


NEGATED = re.compile(
    r"\b(?:not|don't|dont|do not|never|no longer|stop|without|instead of|rather than|won't|isn't)\s(?:to\s)?$"
    r"|(?:不|别|勿)(?:再|要)?$"
)
"""Before a verb of selling: "don't feature meat" names what is not to be sold."""


@cache
def _patterns() -> Patterns:
    return patterns("products", mask=MASK)


def _is_people(page: Page, where: Span, match: re.Match[str]) -> bool:
    """ "Upsell our regular coffee drinkers" names who is meant."""
    return "new" not in match.groupdict() and _people().search(page.norm, where.start, where.end) is not None


@cache
def _people() -> re.Pattern[str]:
    """Ends in people ("coffee drinkers"), not "baby group" or a reading list."""
    heads = [head for head in lexicon("audience")["heads"] if head not in NOT_HEADS]
    return re.compile(alternatives(heads) + "$")


def read_products(page: Page, label: tuple[Span, ...] = ()) -> Reading[tuple[ProductFocus, ...]]:
    """Products or categories to sell, in the brief's words, in order."""
    spans: list[Span] = []
    for zone in label:
        spans += [
            Span(zone.start + m.start(), zone.start + m.end())
            for m in re.finditer(r"[^,;、/¶]+", page.norm[zone.start : zone.end])
            if m[0].strip(" -•*.")
        ]
    if not spans:
        for key in READ:
            for match in page.find(_patterns()[key]):
                where = None if NEGATED.search(page.before(span(match), 24)) else _noun(page, match)
                if where and not _is_people(page, where, match) and not any(where.touches(o) for o in spans):
                    spans.append(where)
    spans.sort()
    spans = [s for s in spans if MASK not in page.norm[s.start : s.end]]
    spans = [s for s in spans if not _said_in_full(page, s, spans)]
    products = tuple(dict.fromkeys(_text(page, s) for s in spans))
    return Reading(tuple(ProductFocus(text=text) for text in products if text) or None, tuple(spans))


def _said_in_full(page: Page, where: Span, spans: list[Span]) -> bool:
    """ "espresso machines … $30 off a machine": the longer name says it already."""
    short = page.norm[where.start : where.end].strip().removesuffix("s")
    full = (page.norm[other.start : other.end].strip().removesuffix("s") for other in spans)
    return any(name != short and name.endswith(f" {short}") for name in full)


def _text(page: Page, where: Span) -> str:
    return page.said(where).strip(" .-•*。，")


def _noun(page: Page, match: re.Match[str]) -> Span | None:
    start, end = match.span("what" if match["what"] else "what2")
    text = match.string[start:end]
    lead = _patterns()["leading"].match(text)
    if lead:
        start += lead.end()
        text = text[lead.end() :]
    if match.re is _patterns()["about"] and re.search(r"\b(?:sale|event|offer|promo\w*)$", text):
        return None  # "about the grooming sale" tells of a sale
    stock = re.match(
        r"(?:(?:old|excess|remaining|leftover|surplus)\s)?(?:stock|inventory|surplus|rest) of (?:our |the )?", text
    )
    if stock:
        start += stock.end()
        text = text[stock.end() :]
    tail = re.search(
        r"(?:\s(?:and|or|&)\s(?:free (?:shipping|delivery)|\d.*)|上市|到货|品类|的销量)$", text
    ) or re.search(r"\s(?:and|or|&|again|now|hard|today|stock|inventory|products|line-up|sale|quickly)$", text)
    if tail:
        end -= len(tail[0])
        text = text[: tail.start()]
    where = Span(start, end)
    return where if _is_goods(page, match, where, text) else None


def _is_goods(page: Page, match: re.Match[str], where: Span, text: str) -> bool:
    """The noun of a match can be something to sell."""
    if "new" in match.groupdict() and re.match(r"(?:campaign|promo|offer|sale|on|email|it|this)\b", text):
        return False
    if page.norm[where.end : where.end + 2].lstrip().startswith(MASK):
        return False  # the words go on in what another reader has taken ("campaign for high spenders")
    if len(text) < 2 or text[0].isdigit() or _patterns()["not_products"].match(text):
        return False
    if _patterns()["never"].search(text):
        return False
    if _not_chinese_goods(match.re, text):
        return False
    if any(match.re is _patterns()[key] for key in LOOSE) and _patterns()["not_goods"].search(text):
        return False
    return not (re.match(r"push|sms|notif", text) or re.match(r"\s?(?:notif|messages?)", page.after(span(match), 14)))


def _not_chinese_goods(pattern: re.Pattern[str], text: str) -> bool:
    found = _patterns()
    return bool(
        found["not_zh"].search(text)
        or (pattern is found["priced_zh"] and found["not_priced"].search(text))
        or (any(pattern is found[key] for key in LOOSE_ZH) and found["not_events_zh"].search(text))
    )
