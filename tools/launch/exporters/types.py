"""What an exporter is given, and what it answers with: writers of files, which the caller puts in place whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tools.catalog.types import ProductChoice
from tools.clock import Window
from tools.copywriter.types import CopyItem
from tools.launch.windows import SEND_HOURS
from tools.response.types import Offer
from tools.shop.profile import Sender
from tools.vocabulary import Market

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ExportInput:
    """An approved campaign as an exporter sees it; its files have been checked against the approval.

    Args:
        audience: one row a customer, the held-out too: customer_id, arm, segment_id, channel, offer_id, copy_id,
            product_ids; channel, offer and copy are null where nothing is sent.
        messages: one row a contacted customer: customer_id, channel, copy_id, language, and one column a part of the
            copy (`subject`, `text`, …), null where the channel has no such part. Text as it is sent, not made inert.
        customers: the shop's own rows of everybody in `audience`: customer_id, email, phone, first_name, country,
            language, timezone and consent_* as far as the shop brought them.
        currency: ISO 4217.
        secret: 32 random bytes of this campaign, kept in the ledger; what must be unguessable and yet come out the
            same in a repeated export (coupon codes) is derived from it.
        unique_codes: every customer gets a code of their own in place of the campaign's shared one
            (`exporters.codes.with_unique_codes` sets it, and the messages).
    """

    campaign_id: str
    audience: pd.DataFrame
    messages: pd.DataFrame
    customers: pd.DataFrame
    copies: tuple[CopyItem, ...]
    offers: tuple[Offer, ...]
    products: tuple[ProductChoice, ...]
    sender: Sender
    market: Market
    currency: str
    today: date
    window: Window
    secret: bytes
    unique_codes: bool = False
    hours: tuple[int, int] = SEND_HOURS
    """Local hours of sending, the last not counted."""


Writers = dict[str, Callable[[Path], None]]
"""File name → what writes it. Names are plain names (no folder); the same input writes the same bytes."""
Exporter = Callable[[ExportInput], Writers]
"""Raises ToolFailure where the campaign cannot be brought into the format (nothing is written then)."""
