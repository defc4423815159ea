"""The products that were chosen, by segment, each with its reasons in words."""

from dataclasses import dataclass

from agent.campaign import Campaign
from agent.report.names import Names


@dataclass(frozen=True)
class ProductRow:
    product_id: str
    name: str
    category: str
    price: str
    score: str
    reasons: tuple[str, ...]


def products_by_segment(campaign: Campaign, names: Names) -> tuple[tuple[str, tuple[ProductRow, ...]], ...]:
    """Segment's name → its products, in the campaign's order."""
    found: dict[str, list[ProductRow]] = {}
    for one in campaign.products:
        price = one.fact.price_minor
        found.setdefault(one.segment_id, []).append(
            ProductRow(
                product_id=one.product_id,
                name=one.name,
                category=one.category or "",
                price="" if price is None else names.money(price),
                score=f"{one.score:.2f}",
                reasons=one.reasons,
            )
        )
    return tuple((names.segment(segment_id), tuple(rows)) for segment_id, rows in found.items())
