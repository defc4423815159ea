"""What may be offered within the cap, and what each contact is expected to bring and to cost."""

from agent.steps.baseline import Baseline, baseline_of, with_baseline
from agent.steps.causal import Causal, causal_of
from agent.steps.prices import priced
from agent.workspace import Workspace
from tools.failure import ToolFailure
from tools.response.forecast import ForecastRequest, SegmentFacts, forecast
from tools.response.offers import offer_ladder
from tools.response.rates import base_rates
from tools.segments.backtest import Past, backtest
from tools.segments.filter import AllOf, Filter


def make_offers(work: Workspace) -> dict[str, object]:
    """The offer ladder within the brief's cap."""
    if work.audience is None:
        raise ToolFailure("out_of_order", "Offers are sized by the audience's orders: look the audience up first.")
    orders = work.audience.members["average_order_minor"]
    work.offers = offer_ladder(
        work.terms.offer_types,
        work.terms.cap_pct,
        average_order_minor=int(orders.median()) if orders.notna().any() else 0,
        currency=work.terms.currency,
        assumptions=work.deps.assumptions,
    )
    return {"offers": [offer.offer_id for offer in work.offers]}


def forecast_response(work: Workspace) -> dict[str, object]:
    """Forecast every segment × channel × offer from the shop's own past and the assumptions."""
    if work.audience is None or not work.offers:
        raise ToolFailure("out_of_order", "A forecast needs an audience and offers first.")
    terms, prices = work.terms, priced(work)
    assumptions = prices.assumptions
    baseline, causal = baseline_of(work), causal_of(work)
    made = forecast(
        ForecastRequest(
            goal=terms.goal,
            days=terms.window.days,
            currency=terms.currency,
            segments=_facts(work, baseline, causal),
            channels=terms.channels,
            offers=work.offers,
            sms_segments=assumptions.sms_segments[terms.language],
        ),
        assumptions,
    )
    work.forecast, work.economics = made.cells, made.economics
    told: dict[str, object] = {"baseline": baseline.told} if baseline is not None else {}
    told |= {"effects": causal.told} if causal is not None else {}
    told |= {"discounts": prices.told} if prices.told is not None else {}
    return told | {
        "cells": len(made.cells),
        "basis": sorted({cell.basis for cell in made.cells}),
        "paying": sum(cell.incremental_margin_minor > 0 for cell in made.cells),
    }


def _facts(work: Workspace, baseline: Baseline | None, causal: Causal | None) -> list[SegmentFacts]:
    if work.audience is None:
        raise ToolFailure("out_of_order", "A forecast needs an audience first.")
    part, members = work.audience.part, work.audience.members
    everyone = _past(work, part.filter)
    campaign = members[members["arm"] == "campaign"]
    facts = []
    for segment in part.segments:
        mine = campaign[campaign["segment_id"] == segment.segment_id]
        only = len(part.segments) == 1
        pasts = everyone if only else _past(work, AllOf(of=(part.filter, segment.filter)))
        average = mine["average_order_minor"].dropna()
        facts.append(
            SegmentFacts(
                segment_id=segment.segment_id,
                rates=with_baseline(
                    base_rates(pasts, everyone, float(average.mean()) if len(average) else 0.0),
                    baseline,
                    mine["customer_id"],
                ),
                effects=causal.among(mine["customer_id"].tolist()) if causal is not None else {},
                effects_unused=causal.unused if causal is not None else "",
                reachable={channel: int(mine[f"{channel}_ok"].sum()) for channel in work.terms.channels},
            )
        )
    return facts


def _past(work: Workspace, f: Filter) -> tuple[Past, ...]:
    follow_on, window = work.deps.assumptions.follow_on.days[work.terms.goal], work.terms.window
    key = f"{work.today} {window.start} {window.end} {follow_on} {f.model_dump_json()}"
    if key not in work.pasts:
        work.pasts[key] = backtest(f, work.deps.store, today=work.today, window=window, follow_on_days=follow_on)
    return work.pasts[key]
