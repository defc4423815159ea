"""Words of a turn, read by the reader of briefs: the same money, days, channels and people as in a brief.

A few words of a turn are no brief, so they are read behind a sentence that makes them one; a heading ("Budget: ")
says what they answer to. Only what quotes the turn's own words is taken.
"""

from dataclasses import dataclass
from datetime import date

from agent.brief.fields import Brief, BriefFields, Question, Quote
from agent.brief.language import is_chinese
from agent.brief.read import read_brief

OPENING = "We want to run a campaign.\n"
OPENING_ZH = "我们想做一次营销活动。\n"
HEADINGS = {
    "budget": "Budget", "start": "Dates", "end": "Dates", "audience": "Audience", "exclude": "Exclude",
    "channels": "Channels", "channels_excluded": "Channels", "max_discount_pct": "Max discount",
    "offer_types": "Offer", "tone": "Tone", "goal": "Goal", "kpi": "KPI", "products": "Products",
    "copy_language": "Language", "holdout_pct": "Holdout", "frequency_cap": "Frequency cap",
}  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """Fields with the quotes of the turn that they came from; a field without one is null or empty."""

    fields: BriefFields
    quotes: dict[str, tuple[Quote, ...]]
    questions: tuple[Question, ...]
    """Of words in the turn, never of what it leaves unsaid."""
    notes: tuple[str, ...]
    brief: Brief


@dataclass(frozen=True)
class Ear:
    """Reads words as of `today`, in a shop of this currency and market."""

    today: date
    currency: str | None
    market: str | None

    def brief(self, words: str) -> Brief:
        return read_brief(words, today=self.today, shop_currency=self.currency, shop_market=self.market)

    def hear(self, words: str, at: int = 0, field: str | None = None) -> Heard:
        """What `words` say.

        Args:
            at: where they stand in the turn; the quotes count from its start.
            field: what they are about, as if they stood under its heading.
        """
        heading = f"{HEADINGS[field]}: " if field else ""
        opening = OPENING_ZH if is_chinese(words) and not field else OPENING
        before = len(opening) + len(heading)
        brief = self.brief(opening + heading + words)
        quotes: dict[str, tuple[Quote, ...]] = {}
        for name, entry in brief.evidence.items():
            found = entry if isinstance(entry, tuple) else (entry,)
            own = tuple(_moved(q, at - before) for q in found if isinstance(q, Quote) and q.start >= before)
            if own:
                quotes[name] = own
        fields = BriefFields(**{name: getattr(brief.fields, name) for name in quotes})
        asked = tuple(q for q in brief.questions if q.quote and q.quote in words)
        return Heard(fields, quotes, asked, tuple(n for n in brief.notes if heading or "campaign" not in n), brief)


def _moved(quote: Quote, by: int) -> Quote:
    return quote.model_copy(update={"start": quote.start + by, "end": quote.end + by})
