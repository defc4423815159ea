"""A filter in plain words, for notes, failures and the report."""

from __future__ import annotations

from tools.catalog.names import display_category
from tools.money import format_money
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

AT: dict[Op, str] = {"lt": "under", "le": "at most", "eq": "exactly", "ge": "at least", "gt": "over"}
VERBS = {
    "sent": "was in",
    "opened": "opened",
    "clicked": "clicked in",
    "redeemed": "redeemed",
    "converted": "bought after",
}
NAMES = {
    "orders": "orders", "tenure_days": "days as a customer", "coupon_redemptions": "coupon redemptions",
    "spend_minor": "spend", "average_order_minor": "average order", "discount_share": "share of discounts",
    "recency_days": "days without an order",
}  # fmt: skip
LISTED = 5


def describe(f: Filter, currency: str) -> str:
    """One line, without a full stop: "bought dog food, no order for 60 days or more"."""
    if isinstance(f, AllOf | AnyOf):
        inner = [describe(part, currency) for part in f.of]
        nested = [f"({text})" if isinstance(part, AnyOf) else text for part, text in zip(f.of, inner, strict=True)]
        return ", ".join(nested) if isinstance(f, AllOf) else " or ".join(inner)
    if isinstance(f, Not):
        inside = describe(f.of, currency)
        return f"not ({inside})" if isinstance(f.of, AllOf | AnyOf) else f"not {inside}"
    if isinstance(f, Everyone):
        return "every customer"
    if isinstance(f, Attribute):
        return _attribute(f)
    if isinstance(f, Contacted):
        return _contacted(f)
    return _orders(f, currency)


def scope_words(scope: Scope) -> str:
    """The goods of a scope: "dog food, cat food"; "anything" where it is every line."""
    named = [display_category(v) for v in (*scope.departments, *scope.categories, *scope.product_types)]
    named += [*scope.brands, *(f"product {product_id}" for product_id in scope.product_ids), *scope.terms]
    names = list(dict.fromkeys(named))
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more if names else "anything"


def _orders(f: Bought | Measure | Ranked, currency: str) -> str:
    goods = "" if f.scope.is_everything else f" of {scope_words(f.scope)}"
    span = _span(f.within)
    if isinstance(f, Bought):
        often = f" in {f.min_orders} or more orders" if f.min_orders > 1 else ""
        return f"bought {scope_words(f.scope)}{often}{span}"
    if isinstance(f, Ranked):
        return f"{f.end} {f.share:.0%} by {NAMES[f.measure]}{goods}{span}"
    if f.measure == "recency_days" and f.op in ("ge", "gt"):
        days = f.value if f.op == "ge" else f.value + 1
        return f"no order{goods} for {days:g} days or more{span}"
    if f.measure == "recency_days":
        return f"an order{goods} within the last {f.value:g} days{span}"
    return f"{NAMES[f.measure]}{goods} {AT[f.op]} {_amount(f, currency)}{span}"


def _amount(f: Measure, currency: str) -> str:
    if f.measure in ("spend_minor", "average_order_minor"):
        return format_money(round(f.value), currency, trim=True)
    return f"{f.value:.0%}" if f.measure == "discount_share" else f"{f.value:g}"


def _span(within: Within | None) -> str:
    if within is None:
        return ""
    if within.days is not None:
        return f" in the last {within.days} days"
    since = f" from {within.since}" if within.since else ""
    return since + (f" until {within.until}" if within.until else "")


def _attribute(f: Attribute) -> str:
    name = (f.column or f.term or "").replace("_", " ")
    if f.op is not None and f.number is not None:
        return f"{name} {AT[f.op]} {f.number:g}"
    return f"{name} {' or '.join(f.values)}" if f.values else name


def _contacted(f: Contacted) -> str:
    campaign = f" campaign {f.campaign_id}" if f.campaign_id else " a past campaign"
    by = f" by {f.channel}" if f.channel else ""
    return f"{VERBS[f.outcome]}{campaign}{by}{_span(f.within)}"
