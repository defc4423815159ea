"""The offer ladder: what may be offered within the brief's cap, and what each costs when it is used.

Every offer holds for one whole order a customer in the window, so its cost is the depth times the order, an upper
bound of what a discount on some products would cost.
"""

from collections.abc import Sequence

from tools.failure import ToolFailure
from tools.money import format_money
from tools.response.assumptions import Assumptions
from tools.response.types import CostModel, Offer
from tools.vocabulary import OfferType

NO_OFFER = Offer(
    offer_id="none", type="none", value=0, discount_pct=0, cost_model=CostModel(kind="none", text="costs nothing")
)


def _percent(pct: float) -> Offer:
    words = f"{pct:g}".replace(".", "_")
    return Offer(
        offer_id=f"percent-{words}",
        type="percent",
        value=pct,
        discount_pct=pct,
        cost_model=CostModel(
            kind="share_of_order", rate=pct / 100, text=f"{pct:g} % of every order that uses it, one order a customer"
        ),
    )


def _amount(minor: int, minimum_minor: int, currency: str) -> Offer:
    return Offer(
        offer_id=f"amount-{minor}",
        type="amount",
        value=minor,
        minimum_order_minor=minimum_minor,
        discount_pct=100 * minor / minimum_minor,
        cost_model=CostModel(
            kind="fixed_per_order",
            amount_minor=minor,
            text=f"{format_money(minor, currency, trim=True)} for every order of at least "
            f"{format_money(minimum_minor, currency, trim=True)} that uses it, one order a customer",
        ),
    )


def _amounts(cap_pct: float, average_order_minor: int, currency: str) -> list[Offer]:
    """Amounts off orders of at least the usual size, rounded to whole units, no deeper than the cap."""
    unit = 100 * 10 ** max(0, len(str(max(1, average_order_minor))) - 4)
    minimum = max(unit, round(average_order_minor / unit) * unit)
    depths = (cap_pct / 2, cap_pct)
    amounts = sorted({int(minimum * depth / 100) // 100 * 100 for depth in depths} - {0})
    return [_amount(amount, minimum, currency) for amount in amounts]


def offer_ladder(
    types: Sequence[OfferType],
    cap_pct: float | None,
    *,
    average_order_minor: int,
    currency: str,
    assumptions: Assumptions,
) -> tuple[Offer, ...]:
    """The offers that the plan may choose among, the shallowest first.

    Args:
        types: what the brief allows; empty means no offer or a percentage.
        cap_pct: the deepest discount in per cent; null takes the file's `default_cap_pct`.

    Raises:
        ToolFailure: `offer_above_cap`, `offer_not_supported` where nothing that she asks for can be offered.
    """
    cap = assumptions.default_cap_pct if cap_pct is None else cap_pct
    asked: Sequence[OfferType] = types or ("none", "percent")
    unsupported = [kind for kind in asked if kind in ("free_delivery", "bogo")]
    ladder: list[Offer] = []
    if "none" in asked or cap == 0:
        ladder.append(NO_OFFER)
    if "percent" in asked and cap > 0:
        steps = [pct for pct in assumptions.ladder_pct if pct < cap]
        ladder += [_percent(pct) for pct in [*steps[-(assumptions.max_rungs - 1) :], cap]]
    if "amount" in asked and cap > 0:
        ladder += _amounts(cap, average_order_minor, currency)
    if not ladder:
        reasons = {
            "free_delivery": "the shop's data has no delivery price, so free delivery cannot be costed",
            "bogo": f"buy one, get one free is 50 % off two items, above the cap of {cap:g} %"
            if cap < 50
            else "buy one, get one free needs the cost of the product, which the shop's data does not have",
        }
        why = "; ".join(reasons[kind] for kind in unsupported) or "no offer fits the cap"
        raise ToolFailure(
            "offer_not_supported",
            f"Nothing that the brief allows can be offered: {why}.",
            types=list(asked),
            cap_pct=cap,
        )
    return tuple(ladder)


def offered(offer_id: str) -> str:
    """How a sentence goes on: `by email with percent-10`, `by email without an offer`."""
    return "without an offer" if offer_id == "none" else f"with {offer_id}"
