"""Who the shop is: the sender's facts that law and copy need, and what of the data is synthetic."""

from datetime import date, datetime

from pydantic import Field

from tools.vocabulary import Market, Model


class Sender(Model):
    """Facts that a message states about its sender. Null where the shop has not said; a rule may then block."""

    brand: str
    legal_name: str | None = None
    postal_address: str | None = None
    website: str | None = None
    unsubscribe_url: str | None = None
    sms_signature: str | None = None
    """For CN: the registered 【签名】, without brackets."""
    support_email: str | None = None
    list_unsubscribe_one_click: bool = False
    """RFC 8058 headers are set by the sending system."""
    from_domain_aligned: bool = False
    """SPF/DKIM alignment of the From domain, as the shop declares."""
    unsubscribe_live_days: int | None = None
    """For how many days after sending the unsubscribe link works, as the shop declares."""
    sms_consent_written: bool = False
    """Each SMS consent is on record: written, with its time, the text agreed to, the channel, as the shop declares."""
    sms_stop_handled: bool = False
    """Inbound STOP words suppress the number and are confirmed once, as the shop declares."""


class ShopInfo(Model):
    """`shop.json`, beside the tables: written by `demo` and `import`."""

    schema_version: int = 1
    name: str
    market: Market
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    default_today: date | None = None
    """Only the demo shop has one: its data ends in 2017, so its today is fixed. Null: the real date."""
    sender: Sender
    rows: dict[str, int]
    """Table → rows stored."""
    quarantined: dict[str, int] = Field(default_factory=dict)
    synthetic: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Table → columns that were made by a generator and are nobody's real data."""
    first_order_at: datetime | None = None
    last_order_at: datetime | None = None
    content_sha: str
    """Of the stored tables: what caches and traces name the data by."""
    catalog_sha: str
    """Of the products table alone: the index is rebuilt when it changes."""
    notes: tuple[str, ...] = ()
