"""The forecast as rows, and the distinct sources that its figures rest on."""

from dataclasses import dataclass

from agent.campaign import Campaign
from agent.report.names import Names
from agent.report.numbers import count, interval, level, percent
from agent.report.words import BASIS


@dataclass(frozen=True)
class ForecastRow:
    segment: str
    channel: str
    offer: str
    customers: str
    buy_anyway: str
    buy_anyway_range: str
    response: str
    response_range: str
    orders: str
    orders_range: str
    margin: str
    loses: bool
    cost: str
    cost_parts: tuple[str, str]
    basis: str
    planned: bool


@dataclass(frozen=True)
class SourceRow:
    basis: str
    basis_words: str
    text: str
    verified: bool
    cells: int


@dataclass(frozen=True)
class ForecastView:
    rows: tuple[ForecastRow, ...]
    sources: tuple[SourceRow, ...]
    level: str


def forecast_view(campaign: Campaign, names: Names) -> ForecastView:
    cells = campaign.allocation.cells if campaign.allocation else ()
    planned = {(one.segment_id, one.channel, one.offer_id) for one in cells if one.customers}
    rows = []
    for one in campaign.forecast:
        orders = one.incremental_orders_interval
        rows.append(
            ForecastRow(
                segment=names.segment(one.segment_id),
                channel=names.channel(one.channel),
                offer=names.offer(one.offer_id),
                customers=count(one.customers),
                buy_anyway=percent(one.buy_anyway_rate.estimate),
                buy_anyway_range=interval(one.buy_anyway_rate),
                response=percent(one.response_rate.estimate),
                response_range=interval(one.response_rate),
                orders=count(one.incremental_orders),
                orders_range=f"{count(orders.low)} to {count(orders.high)}",
                margin=names.money(one.incremental_margin_minor),
                loses=one.incremental_margin_minor < 0,
                cost=names.money(one.cost_minor),
                cost_parts=(
                    f"sending {names.money(one.sending_cost_minor)}",
                    f"discount {names.money(one.discount_cost_minor)}",
                ),
                basis=one.basis,
                planned=(one.segment_id, one.channel, one.offer_id) in planned,
            )
        )
    return ForecastView(rows=tuple(rows), sources=_sources(campaign), level=_levels(campaign))


def _sources(campaign: Campaign) -> tuple[SourceRow, ...]:
    """Each source once, with how many cells rest on it."""
    used = [source for cell in campaign.forecast for source in dict.fromkeys(cell.sources)]
    return tuple(
        SourceRow(one.basis, BASIS[one.basis], one.text, one.verified, used.count(one)) for one in dict.fromkeys(used)
    )


def _levels(campaign: Campaign) -> str:
    return ", ".join(dict.fromkeys(level(one.response_rate) for one in campaign.forecast))
