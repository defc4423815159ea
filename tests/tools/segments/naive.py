"""The filter language evaluated customer by customer in plain Python: what the compiled expression is held against.

A condition is true, false or, for a customer whose fact is missing, neither.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from tools.segments.filter import (
    AllOf,
    AnyOf,
    Attribute,
    Bought,
    Contacted,
    Everyone,
    Filter,
    Measure,
    Not,
    Op,
    Ranked,
    Scope,
    Within,
)

Row = dict[str, Any]
Rows = list[Row]
Truth = dict[str, bool | None]


class Naive:
    """The shop as lists of rows. `matching` gives the ids for which a filter is true."""

    def __init__(self, tables: dict[str, Rows], as_of: date) -> None:
        self.as_of = as_of
        now = datetime.fromisoformat(as_of.isoformat())
        self.customers = [c for c in tables["customers"] if c["created_at"] is None or c["created_at"] < now]
        self.ids = [c["customer_id"] for c in self.customers]
        products = {p["product_id"]: p for p in tables["products"]}
        self.lines = [{**o, **products[o["product_id"]]} for o in tables["orders"] if o["ordered_at"] < now]
        self.contacts = [c for c in tables["contacts"] if c["sent_at"] < now]
        for contact in self.contacts:
            contact["redeemed_seen"] = contact["redeemed_at"] is not None and contact["redeemed_at"] < now

    def matching(self, f: Filter) -> set[str]:
        return {customer for customer, truth in self.truth(f).items() if truth is True}

    def truth(self, f: Filter) -> Truth:
        if isinstance(f, Not):
            inner = self.truth(f.of)
            return {c: None if inner[c] is None else not inner[c] for c in self.ids}
        if isinstance(f, AllOf | AnyOf):
            parts = [self.truth(part) for part in f.of]
            decisive = isinstance(f, AnyOf)
            return {c: _combined([part[c] for part in parts], decisive) for c in self.ids}
        if isinstance(f, Everyone):
            return dict.fromkeys(self.ids, True)
        if isinstance(f, Attribute):
            return {c["customer_id"]: self._attribute(f, c) for c in self.customers}
        if isinstance(f, Measure):
            return self._measure(f)
        if isinstance(f, Ranked):
            inside = self._ranked(f)
            return {c: c in inside for c in self.ids}
        if isinstance(f, Contacted):
            return {c: any(self._contact(f, row) for row in self.contacts if row["customer_id"] == c) for c in self.ids}
        return {c: len({o["order_id"] for o in self._seen(f, c)}) >= f.min_orders for c in self.ids}

    def _attribute(self, f: Attribute, customer: Row) -> bool | None:
        value = customer[f.column or ""]
        if value is None:
            return None
        if f.op is not None and f.number is not None:
            return _compare(f.op, value, f.number)
        return value in f.values

    def _seen(self, f: Bought | Measure | Ranked, customer: str) -> Rows:
        return [
            o
            for o in self.lines
            if o["customer_id"] == customer
            and _in_scope(o, f.scope)
            and _in_span(o["ordered_at"], f.within, self.as_of)
        ]

    def _measure(self, f: Measure) -> Truth:
        found: Truth = {}
        for customer in self.customers:
            value = self._value(f, customer)
            missing_fact = None if f.measure == "tenure_days" else False
            found[customer["customer_id"]] = missing_fact if value is None else _compare(f.op, value, f.value)
        return found

    def _value(self, f: Measure | Ranked, customer: Row) -> float | None:
        name, own = f.measure, self._seen(f, customer["customer_id"])
        if name == "tenure_days":
            firsts = [o["ordered_at"] for o in self.lines if o["customer_id"] == customer["customer_id"]]
            starts = [s for s in (*firsts, customer["created_at"]) if s is not None]
            return float((self.as_of - min(starts).date()).days) if starts else None
        if name == "coupon_redemptions":
            mine = [c for c in self.contacts if c["customer_id"] == customer["customer_id"] and c["arm"] != "holdout"]
            return sum(c["redeemed_seen"] and _in_span(c["redeemed_at"], f.within, self.as_of) for c in mine)
        spend, orders = sum(o["amount_minor"] for o in own), len({o["order_id"] for o in own})
        if name in ("orders", "spend_minor"):
            return orders if name == "orders" else spend
        if not own:
            return None
        if name == "recency_days":
            return float((self.as_of - max(o["ordered_at"] for o in own).date()).days - 1)
        saved = sum(o["discount_minor"] or 0 for o in own)
        if name == "average_order_minor":
            return float(spend / orders)
        return float(saved / (spend + saved)) if spend + saved > 0 else None

    def _ranked(self, f: Ranked) -> set[str]:
        buyers = [c for c in self.customers if self._seen(f, c["customer_id"])]
        values = [(self._value(f, c), c["customer_id"]) for c in buyers]
        sign = -1 if f.end == "top" else 1
        known = sorted((sign * value, customer) for value, customer in values if value is not None)
        return {customer for _, customer in known[: math.ceil(round(f.share * len(known), 6))]}

    def _contact(self, f: Contacted, row: Row) -> bool:
        if row["arm"] == "holdout" or not _in_span(row["sent_at"], f.within, self.as_of):
            return False
        if f.campaign_id not in (None, row["campaign_id"]) or f.channel not in (None, row["channel"]):
            return False
        return f.outcome == "sent" or bool(row["redeemed_seen"])


def _combined(values: list[bool | None], decisive: bool) -> bool | None:
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _compare(op: Op, a: float, b: float) -> bool:
    return {"lt": a < b, "le": a <= b, "eq": a == b, "ge": a >= b, "gt": a > b}[op]


def _in_scope(line: Row, scope: Scope) -> bool:
    lists = defaultdict(tuple, department=scope.departments, category=scope.categories, brand=scope.brands)
    lists |= {"product_type": scope.product_types, "product_id": scope.product_ids}
    return scope.is_everything or any(line[column] in values for column, values in lists.items())


def _in_span(moment: datetime, within: Within | None, as_of: date) -> bool:
    if within is None:
        return True
    if within.days is not None:
        return moment.date() >= as_of - timedelta(days=within.days)
    after = within.since is None or moment.date() >= within.since
    return after and (within.until is None or moment.date() <= within.until)
