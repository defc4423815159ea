"""Coupon codes in an export: the campaign's shared one, or one a customer."""

from __future__ import annotations

import re
from dataclasses import replace

from tools.copywriter.slots import compiled
from tools.copywriter.sms import sms_segments
from tools.copywriter.types import CopyItem
from tools.failure import ToolFailure
from tools.launch.coupons import coupon_codes
from tools.launch.exporters.sheet import sheet
from tools.launch.exporters.types import ExportInput, Writers
from tools.money import minor_digits

_FILLED = {"code": "([0-9A-Z]{4,32})"}
_HEAD = ("customer_id", "channel", "copy_id", "language")


def shared_code(item: CopyItem) -> str:
    """The code that the copy's example names; "" where it names none.

    Raises:
        ValueError: the example is not a rendering of the copy's parts.
    """
    for part, text in item.parts.items():
        pieces = compiled(text)
        if not any(is_slot and name == "code" for is_slot, name, _ in pieces):
            continue
        patterns = (
            (r"(\S+?)" if name == "code" else r".*?") if is_slot else re.escape(name) for is_slot, name, _ in pieces
        )
        match = re.fullmatch("".join(patterns), item.rendered[part], re.DOTALL)
        if match is None:
            raise ValueError(f"the example of `{item.copy_id}` is not a rendering of its {part}")
        return match.group(1)
    return ""


def customer_codes(data: ExportInput) -> dict[str, str]:
    """Customer → own code, of those whose message names a code; empty where all share one."""
    return _codes(data) if data.unique_codes else {}


def _codes(data: ExportInput) -> dict[str, str]:
    coded = {item.copy_id for item in data.copies if shared_code(item)}
    paid = {offer.offer_id for offer in data.offers if offer.type != "none"}
    planned = data.audience[data.audience["copy_id"].isin(coded)]
    cap = int((data.audience["offer_id"].isin(paid) & data.audience["channel"].notna()).sum())
    offers = dict(zip(planned["customer_id"], planned["offer_id"], strict=True))
    return coupon_codes(data.campaign_id, offers, secret=data.secret, cap=cap)


def with_unique_codes(data: ExportInput) -> ExportInput:
    """The same export with a code of their own in every customer's message.

    Raises:
        ToolFailure: `no_codes` where no message names a code; `code_too_long` where one would make a text message
            longer than the plan paid for.
    """
    shared = {item.copy_id: code for item in data.copies if (code := shared_code(item))}
    codes = _codes(data)
    if not codes:
        raise ToolFailure("no_codes", "No message of this campaign names a code, so nobody can get one of their own.")
    messages = data.messages.copy()
    named = messages["copy_id"].isin(shared)
    pairs = [(shared[copy], codes[who]) for copy, who in messages.loc[named, ["copy_id", "customer_id"]].to_numpy()]
    for part in [
        column for column in messages.columns if column not in ("customer_id", "channel", "copy_id", "language")
    ]:
        old = messages.loc[named, part].tolist()
        new = [t.replace(*pair) if isinstance(t, str) else t for t, pair in zip(old, pairs, strict=True)]
        if part == "text":
            _check_length(old, new)
        messages.loc[named, part] = new
    return replace(data, messages=messages, unique_codes=True)


def _check_length(old: list[object], new: list[object]) -> None:
    for before, after in zip(old, new, strict=True):
        if isinstance(before, str) and sms_segments(str(after)).segments > sms_segments(before).segments:
            raise ToolFailure(
                "code_too_long",
                f"With a code of its own this text takes more segments than the plan paid for: {after!r}. "
                "Export with the shared code, or plan shorter words.",
            )


def coupons(data: ExportInput) -> Writers:
    """`coupons.csv`, for the shop's own coupon system: every code with its offer, days and how often it may be used.

    Raises:
        ToolFailure: `no_codes` where no message names a code.
    """
    used = data.audience.groupby("copy_id")["customer_id"].count().to_dict()
    if data.unique_codes:
        planned = data.audience.set_index("customer_id")["offer_id"]
        rows = [(code, customer, str(planned[customer]), 1) for customer, code in _codes(data).items()]
    else:
        totals: dict[tuple[str, str], int] = {}
        for item in data.copies:
            if code := shared_code(item):
                totals[code, item.offer_id] = totals.get((code, item.offer_id), 0) + int(used.get(item.copy_id, 0))
        rows = [(code, "", offer_id, uses) for (code, offer_id), uses in sorted(totals.items())]
    if not rows:
        raise ToolFailure("no_codes", "No message of this campaign names a code, so there is none to load.")
    return sheet("coupons", COUPON_COLUMNS, [_coupon(data, *row) for row in rows])


COUPON_COLUMNS = (
    "code", "customer_id", "offer_id", "type", "value", "currency", "minimum_order", "starts", "ends", "max_uses",
)  # fmt: skip


def _coupon(data: ExportInput, code: str, customer_id: str, offer_id: str, uses: int) -> tuple[str, ...]:
    offer = next(offer for offer in data.offers if offer.offer_id == offer_id)
    scale = 10 ** minor_digits(data.currency)
    value = offer.value / scale if offer.type == "amount" else offer.value
    return (
        code, customer_id, offer_id, offer.type, f"{value:g}", data.currency, f"{offer.minimum_order_minor / scale:g}",
        data.window.start.isoformat(), data.window.end.isoformat(), str(uses),
    )  # fmt: skip
