"""What the checks look at: one rendered message, and the facts of the campaign that it may state."""

from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from tools.catalog.types import ProductFact
from tools.clock import Window
from tools.response.types import Offer
from tools.shop.profile import Sender
from tools.vocabulary import Channel, Goal, Language, Market, Model


class Message(Model):
    """One message as one recipient would read it, with the template that it was rendered from."""

    copy_id: str
    """What the verdicts name as their subject."""
    channel: Channel
    language: Language
    market: Market
    """The recipient's market, whose rules apply; `XX` takes the strictest union."""
    goal: Goal
    parts: dict[str, str]
    """Part → text with `{slot}`s."""
    rendered: dict[str, str]
    """Part → what the recipient reads. The same parts as `parts`."""
    slots: dict[str, str]
    """Slot → the words that it was filled with."""
    product_ids: tuple[str, ...] = ()
    """The products that this message may name; empty: any product of the context."""
    first_message: bool = True
    """The first message to this recipient on this channel in this month, so the opt-out words are due."""
    writer: Literal["template", "llm"] = "template"
    """Who wrote the words: what a model wrote is marked where the market asks for it."""
    html: str | None = None
    """The e-mail's HTML as it would be sent, where it has been made."""


class AudienceFacts(Model):
    """Counts of the planned audience, after the whole funnel. No customer's own data."""

    size: int = Field(default=0, ge=0)
    """Customers who would be contacted."""
    missing_consent: int = Field(default=0, ge=0)
    """Of these, without a recorded consent for a channel that they would be contacted on."""
    suppressed_in_audience: int = Field(default=0, ge=0)
    """Of these, on a suppression (opt-out, objection) list."""
    suppression_age_days: int | None = Field(default=None, ge=0)
    """Age of the newest suppression export, in days; null: there is none."""
    min_age_known_share: float = Field(default=0, ge=0, le=1)
    """Share whose age, or a lower bound of it, is on record."""
    youngest_known_age: int | None = Field(default=None, ge=0)
    """The smallest age (or lower bound of an age band) on record, in years; null: no age is known."""
    possibly_under_age: int = Field(default=0, ge=0)
    """Customers whose record says, or allows, that they are minors (an age band that begins below the limit)."""
    personalised: bool = True
    """Content or offer depends on the customer's own profile or behaviour."""
    non_personalised_variant: bool = False
    """The customer can get a version that does not depend on the profile."""
    refusal_offered: bool = False
    """Each message carries an easy way to refuse further ones (a link, a reply word)."""
    price_differs_by_profile: bool = False
    """The same product has different prices on the same day, by the customer's profile."""
    offer_rules_published: bool = False
    """Where prices or offers differ, the rule that decides it is published and the same for whoever meets it."""
    contacts_per_customer_max: int = Field(default=0, ge=0)
    """The most messages that one customer gets, over channels and running campaigns, in the cap's period."""
    frequency_cap: int | None = Field(default=None, ge=1)
    """The most messages that one customer may get; null: nobody has set one."""
    sms_per_day_max: int | None = Field(default=None, ge=0)
    """The most SMS that one customer gets within 24 hours; null: not planned, `contacts_per_customer_max` bounds it."""
    sensitive_terms: tuple[str, ...] = ()
    """Words of the filter or of features that touch a special category or a proxy of one (`sensitive_terms`)."""
    explicit_consent: bool = False
    """Explicit consent to the use of special-category data is on record for everyone in the audience."""
    soft_opt_in: int = Field(default=0, ge=0)
    """Of those without consent: customers of the same seller, of similar goods, offered the opt-out at sale."""
    unknown_zone: int = Field(default=0, ge=0)
    """Customers whose time zone is not known."""


class Evidence(Model):
    """A claim that may be made, and the document behind it."""

    claim: str
    """The words that it covers."""
    evidence_id: str
    exemption: str = ""
    """For CN-AD-01: self_comparison, tip, standard_grade, trademark, philosophy, goal or award."""


class Review(Model):
    """A stored review, which a message may quote word for word."""

    review_id: str
    text: str


class Context(Model):
    """The campaign's facts: what a message may state, and what the rules need to know about sender and audience."""

    today: date
    market: Market = "XX"
    """The market that the plan's own rules are taken from."""
    channels: tuple[Channel, ...] = ()
    """Channels that the plan sends on."""
    window: Window
    """First and last day of the campaign; the offer ends with it."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    offer: Offer
    max_discount_pct: float | None = Field(default=None, ge=0, le=100)
    """The brief's cap, in per cent; null: it sets none."""
    products: tuple[ProductFact, ...] = ()
    product_records: dict[str, str] = Field(default_factory=dict)
    """Product id → further words of its record (description, size, attributes), beside those of `products`."""
    sender: Sender
    allowed_links: tuple[str, ...] = ()
    """What copy may link to or name: URLs, bare hosts, e-mail addresses, phone numbers, beside the sender's own."""
    allowed_codes: tuple[str, ...] = ()
    """Coupon codes of the plan."""
    allowed_numbers: tuple[str, ...] = ()
    """Phrases with a digit that copy may hold outside a slot ("24/7"), as the shop has allowed them."""
    audience: AudienceFacts = AudienceFacts()
    price_history_known: bool = False
    """The former price was really charged: in the price history for the period that the market asks for."""
    lowest_prior_price_minor: dict[str, int] = Field(default_factory=dict)
    """Product id → lowest price of the 30 days before the start, in minor units."""
    never_sold: tuple[str, ...] = ()
    """Products that were never sold, which therefore have no original price."""
    send_hours: tuple[int, int] | None = None
    """First hour and the hour before which sending ends, 0 to 24; null: not set."""
    send_hours_local: bool = False
    """The hours are kept in each recipient's own time zone."""
    recipient_states: tuple[str, ...] | None = None
    """US states of the recipients (two letters); null: not known, so every state's window applies."""
    must_include: tuple[str, ...] = ()
    must_avoid: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reviews: tuple[Review, ...] = ()
    reviews_positive_only: bool = False
    """The stored reviews were picked for being good."""
    paid_endorsement: bool = False
    """The message features somebody who is paid for it."""
    factory_price_evidence: bool = False
    """The price really is the wholesale or factory price."""

    @field_validator("send_hours")
    @classmethod
    def _hours(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and not 0 <= value[0] < value[1] <= 24:
            raise ValueError(f"send_hours needs 0 <= first < last <= 24, got {value}")
        return value
