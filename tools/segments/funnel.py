"""From everyone to who may be written to: each step takes customers away, and none brings one back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tools.clock import Window
from tools.segments.compile import predicate
from tools.segments.conditions import midnight, sent
from tools.segments.filter import Filter, Not
from tools.segments.types import FunnelStep
from tools.segments.walk import all_of
from tools.vocabulary import ADDRESSED, Channel

if TYPE_CHECKING:
    import pandas as pd

    from tools.shop.store import ShopStore

COLUMNS = ("email", "phone", "first_name", "country", "timezone", "consent_email", "consent_sms", "consent_push")
ADDRESS: dict[Channel, str] = {"email": "email", "sms": "phone"}
"""Channel → the column that holds its address. A push has none: the app that asked for consent holds the token."""
SPELLINGS: dict[str, tuple[Channel, ...]] = {
    "email": ("email",), "mail": (), "sms": ("sms",), "text": ("sms",), "mms": ("sms",), "push": ("push",),
    "inapp": ("push",), "app": ("push",), "post": (), "phone": ("sms",), "voice": (),
    "search": (), "social": (), "wechat": (),
}  # fmt: skip
"""How a suppression may name a channel, without spaces and dashes. Any other word suppresses every channel."""
CAP_DAYS = 7


@dataclass(frozen=True)
class Funnel:
    """Who is left, with the channels that may reach each (`email_ok`, `sms_ok`, `push_ok`), and what each step left."""

    left: pd.DataFrame
    steps: tuple[FunnelStep, ...]

    @property
    def matching(self) -> int:
        return next(step.customers for step in self.steps if step.step == "matches")


def run_funnel(
    include: Filter,
    exclude: Filter | None,
    store: ShopStore,
    *,
    channels: tuple[Channel, ...],
    as_of: date,
    window: Window,
    cap: int | None,
) -> Funnel:
    """Count down from everyone to who is under the frequency cap. `steps` ends early where nobody is left."""
    everyone = int(store.table("customers", as_of).count().to_pyarrow().as_py())
    matching = _candidates(include, exclude, store, as_of)
    steps = [FunnelStep(step="everyone", customers=everyone), FunnelStep(step="matches", customers=len(matching))]
    left = matching[matching["allowed"]].drop(columns="allowed")
    if exclude is not None:
        steps.append(FunnelStep(step="not_excluded", customers=len(left)))
    left = _consented(left, channels)
    steps.append(FunnelStep(step="consented", customers=len(left)))
    left = _not_suppressed(left, store, channels, as_of)
    steps.append(FunnelStep(step="not_suppressed", customers=len(left)))
    left = _under_cap(left, store, as_of, window, cap)
    steps.append(FunnelStep(step="under_frequency_cap", customers=len(left)))
    return Funnel(left.reset_index(drop=True), tuple(steps))


def _candidates(include: Filter, exclude: Filter | None, store: ShopStore, as_of: date) -> pd.DataFrame:
    """Who matches, by customer_id; `allowed` is False for the excluded."""
    import ibis

    customers = store.table("customers", as_of)
    allowed = ibis.literal(True) if exclude is None else predicate(Not(of=exclude), store, as_of)
    chosen = customers.select("customer_id", *COLUMNS, matching=predicate(include, store, as_of), allowed=allowed)
    frame: pd.DataFrame = chosen.filter(chosen.matching).drop("matching").to_pyarrow().to_pandas()
    frame["allowed"] = frame["allowed"].fillna(False).astype(bool)
    return frame.sort_values("customer_id", ignore_index=True)


def _consented(left: pd.DataFrame, channels: tuple[Channel, ...]) -> pd.DataFrame:
    """Consent, and an address, on at least one channel that was asked for. No record of consent is no consent."""
    for channel in ADDRESSED:
        consent = left[f"consent_{channel}"].astype("boolean").fillna(False).astype(bool)
        column = ADDRESS.get(channel)
        reachable = left[column].fillna("").astype(str).str.strip().ne("") if column else True
        left = left.assign(**{f"{channel}_ok": consent & reachable & (channel in channels)})
    return _reached(left, channels)


def _reached(left: pd.DataFrame, channels: tuple[Channel, ...]) -> pd.DataFrame:
    if not set(channels) & set(ADDRESSED):
        return left
    return left[left[[f"{channel}_ok" for channel in ADDRESSED]].any(axis=1)]


def _not_suppressed(left: pd.DataFrame, store: ShopStore, channels: tuple[Channel, ...], as_of: date) -> pd.DataFrame:
    if not store.has("suppressions"):
        return left
    rows = store.frame("suppressions", as_of)
    blocked = rows["channel"].map(_blocked_channels)
    emails = left["email"].fillna("").astype(str).str.strip().str.casefold()

    def suppressed(closed: pd.Series[bool]) -> pd.Series[bool]:
        ids, addresses = rows.loc[closed, "customer_id"], rows.loc[closed, "email"]
        known = {address.strip().casefold() for address in addresses.dropna().astype(str)} - {""}
        return left["customer_id"].isin(set(ids.dropna())) | emails.isin(known)

    everywhere = suppressed(blocked.map(lambda names: names == ADDRESSED))
    still = {
        f"{channel}_ok": left[f"{channel}_ok"] & ~suppressed(blocked.map(lambda names, c=channel: c in names))
        for channel in ADDRESSED
    }
    return _reached(left.assign(**still)[~everywhere], channels)


def _blocked_channels(channel: object) -> tuple[Channel, ...]:
    """The channels that a suppression closes: all of them, unless it names one that we know."""
    if not isinstance(channel, str) or not channel.strip():
        return ADDRESSED
    return SPELLINGS.get("".join(c for c in channel.casefold() if c.isalnum()), ADDRESSED)


def _under_cap(left: pd.DataFrame, store: ShopStore, as_of: date, window: Window, cap: int | None) -> pd.DataFrame:
    """Fewer than `cap` contacts, by any channel, in the days before the window, as far as they are known."""
    if cap is None or not store.has("contacts"):
        return left
    contacts = sent(store, as_of)
    since = contacts.sent_at >= midnight(window.start - timedelta(days=CAP_DAYS))
    recent = contacts.filter(since & (contacts.sent_at < midnight(window.start)))
    counts = recent.group_by("customer_id").agg(contacts=recent.count())
    tired = counts.filter(counts.contacts >= cap).select("customer_id").to_pyarrow()["customer_id"].to_pylist()
    return left[~left["customer_id"].isin(set(tired))]


def joined(include: tuple[Filter, ...], exclude: tuple[Filter, ...]) -> Filter:
    """The whole audience as one filter: every condition, and none of the exclusions."""
    return all_of((*include, *(Not(of=part) for part in exclude)))
