"""A past campaign of `contacts`: randomised where every row says so, else an observational readout called that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from agent.readout.options import PAST_DAYS, ReadoutOptions, control_arm, with_attributes
from agent.readout.orders import with_orders
from agent.readout.own import Measured
from tools.failure import ToolFailure
from tools.shop.arms import left_alone
from tools.shop.past import UNNAMED

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from agent.deps import Deps
    from tools.experiment.matching import Matched
    from tools.experiment.observed import Facts
    from tools.shop.past import PastCampaign

OTHERS = "not contacted"
"""Customers who were in the shop and not in the campaign: what a campaign without a control is compared with."""
FIFTHS = 5
ROUNDING = 0.005
"""How far the chances of the arms may be from adding up to one (three arms of 0.333)."""


def measure_past(name: str, options: ReadoutOptions, deps: Deps) -> Measured:
    """Read out a campaign of `contacts`, its outcomes from a results file, from `contacts`, or from the orders.

    Raises:
        ToolFailure: `no_campaign`, `mixed_arms`; those of `read_results` and `match`.
    """
    from tools.experiment.observed import Observed
    from tools.experiment.outcomes import observe
    from tools.experiment.readout import read_out
    from tools.shop.past import past_campaign, spend_before

    past = past_campaign(deps.store, name)
    control = _control(past, options)
    past = _with_arms(past, control, options.arms)
    assigned, compared = past.assigned.assign(segment_id=None), control
    if control is None and not past.randomised and options.results is None and not past.tells_outcomes:
        assigned, compared = _with_others(assigned, past, deps), OTHERS
    end = _end(past, options, deps)
    matched, source, sha = _lines(past, assigned, control, end, options, deps)
    start = past.first
    before = spend_before(deps.store, start, PAST_DAYS)
    observed = observe(assigned, matched.lines, start=start, end=end, before=before)
    if compared == OTHERS:
        observed = Observed(observed.rows.assign(segment_id=_fifths(observed.rows["pre_minor"])))
    observed = with_attributes(observed, options, deps)
    facts = _facts(past, compared, matched, (start, end), options, deps)
    told = observed.knows("margin_minor")
    rate = deps.assumptions.margin_rate
    words = "the results file" if told else f"a rate of {rate.estimate:.0%} ({rate.basis}): {rate.source}"
    facts = replace(facts, source=source, source_sha=sha, margin_source=words)
    return Measured(read_out(observed, facts), observed, past.assigned)


def _control(past: PastCampaign, options: ReadoutOptions) -> str | None:
    """The arm whose name says that it was left alone, else the one whose every channel says so."""
    named = control_arm(sorted(past.assigned["arm"].unique()), options.control)
    if named is not None:
        return named
    rows = past.contacts
    alone = rows["channel"].map(left_alone).groupby(rows["arm"].fillna(UNNAMED)).all()
    found = [str(arm) for arm, quiet in alone.items() if quiet]
    return found[0] if len(found) == 1 else None


def _with_arms(past: PastCampaign, control: str | None, arms: tuple[str, ...]) -> PastCampaign:
    """The campaign with these arms and the control alone; all of it where no arm is named.

    Raises:
        ToolFailure: `no_such_arm`.
    """
    if not arms:
        return past
    known = sorted(past.assigned["arm"].unique())
    for arm in arms:
        if arm not in known or arm == control:
            others = ", ".join(one for one in known if one != control)
            message = f"`{arm}` is no arm to compare with the control; the arms are {others}"
            raise ToolFailure("no_such_arm", message, arms=known)
    kept = [*arms, control]
    rows = past.contacts[past.contacts["arm"].fillna(UNNAMED).isin(kept)].reset_index(drop=True)
    mine = past.assigned[past.assigned["arm"].isin(kept)].reset_index(drop=True)
    return replace(past, contacts=rows, assigned=mine)


def _with_others(assigned: pd.DataFrame, past: PastCampaign, deps: Deps) -> pd.DataFrame:
    """The campaign's customers, and those of the shop who were not in it."""
    import pandas as pd

    everybody = deps.store.frame("customers", as_of=past.first + timedelta(days=1))["customer_id"]
    others = everybody[~everybody.isin(assigned["customer_id"])]
    rest = pd.DataFrame({"customer_id": others, "arm": OTHERS, "segment_id": None})
    return pd.concat([assigned, rest], ignore_index=True)


def _fifths(spend: pd.Series[float]) -> pd.Series[str]:
    """Five groups of equal size by spend before: the comparison is made within them."""
    import pandas as pd

    rank = spend.fillna(0).rank(method="first")
    group = ((rank - 1) * FIFTHS // max(1, len(rank))).clip(upper=FIFTHS - 1).astype(int)
    names = [f"spend before: fifth {fifth + 1} of {FIFTHS}" for fifth in group]
    return pd.Series(names, index=spend.index, dtype="str")


def _lines(
    past: PastCampaign, assigned: pd.DataFrame, control: str | None, end: date, options: ReadoutOptions, deps: Deps
) -> tuple[Matched, str, str]:
    import pandas as pd

    from tools.experiment.matching import Matched, match
    from tools.experiment.outcomes import LINE_COLUMNS
    from tools.shop.past import ordered_lines, told_lines
    from tools.shop.results import read_results

    info = deps.store.info
    if options.results is not None:
        results = read_results(options.results, info.currency, options.mapping)
        matched = match(results, assigned, past.campaign_id, control)
        matched = with_orders(matched, results, assigned["customer_id"], past.first, end, deps)
        return matched, results.name, results.sha
    told = told_lines(past, control)
    if past.tells_outcomes:
        note = "who bought and for how much is what `contacts` says"
        return Matched(told[list(LINE_COLUMNS)], None, (note,)), "contacts", info.content_sha
    orders = ordered_lines(deps.store, assigned["customer_id"], past.first, end)
    steps = told.drop(columns=["ordered_at", "order_id", "amount_minor", "discount_minor", "margin_minor", "survey"])
    lines = pd.concat([steps, orders], ignore_index=True).reindex(columns=list(LINE_COLUMNS))
    note = f"`contacts` does not say who bought: orders of {past.first} to {end} are counted"
    return Matched(lines, None, (note,)), "contacts and orders", info.content_sha


def _end(past: PastCampaign, options: ReadoutOptions, deps: Deps) -> date:
    """`days` from the last message on, or the last conversion that `contacts` tells of; never after the last order.

    Raises:
        ToolFailure: `no_outcomes` where neither `contacts` nor the orders can say who bought.
    """
    end = past.last + timedelta(days=options.days - 1)
    if options.results is not None:
        return end
    if past.tells_outcomes:
        latest = past.contacts["converted_at"].max()
        return max(end, latest.date()) if latest == latest else end
    last = deps.store.info.last_order_at
    if last is None or last.date() < past.first:
        until = "the shop has no orders" if last is None else f"its orders end on {last.date()}"
        message = (
            f"nothing says who bought after `{past.campaign_id}`: `contacts` has neither conversions nor revenue of "
            f"it, and {until}; name a results file"
        )
        raise ToolFailure("no_outcomes", message, campaign=past.campaign_id)
    return min(end, last.date())


def _facts(
    past: PastCampaign,
    control: str | None,
    matched: Matched,
    window: tuple[date, date],
    options: ReadoutOptions,
    deps: Deps,
) -> Facts:
    from tools.experiment.observed import Facts

    if past.randomised:
        standing = "`contacts` marks every row as randomised"
    elif control == OTHERS:
        standing = (
            "customers were chosen, not drawn by lot; they are compared with the shop's other customers, within fifths "
            "of spend before, which need not be alike otherwise"
        )
    else:
        standing = "`contacts` does not mark the campaign as randomised"
    if control is None:
        arms = ", ".join(f"`{arm}`" for arm in sorted(past.assigned["arm"].unique()))
        standing = f"none of {arms} says so by its name; where one was, name it with --control"
    return Facts(
        campaign_id=past.campaign_id,
        start=window[0],
        end=window[1],
        read_at=deps.now(),
        source="",
        source_sha="",
        currency=deps.store.info.currency,
        randomised=past.randomised,
        standing=standing,
        control=control,
        shares=_shares(past, bool(options.arms)) if past.randomised else None,
        seen=matched.seen,
        sending_minor=options.cost_minor,
        margin_rate=deps.assumptions.margin_rate.estimate,
        notes=(*matched.notes, *_taken_as_control(control, options)),
    )


def _taken_as_control(control: str | None, options: ReadoutOptions) -> tuple[str, ...]:
    """Words on a control that is one by its name alone."""
    if control is None or control == OTHERS or options.control is not None:
        return ()
    return (f"`{control}` was taken as the arm that was left without contact; another is named with --control",)


def _shares(past: PastCampaign, some: bool) -> dict[str, float] | None:
    """Planned shares by `propensity`, each customer's chance of the own arm; null where they do not add up to one.

    Args:
        some: only some of the arms are looked at, so that their shares are those among each other.
    """
    rows = past.contacts.assign(arm=past.contacts["arm"].fillna(UNNAMED)).drop_duplicates("customer_id")
    chances = rows.groupby("arm")["propensity"].agg(["min", "max"])
    if chances.isna().any(axis=None) or (chances["max"] - chances["min"] > 1e-6).any():
        return None
    shares = {str(arm): float(chance) for arm, chance in chances["max"].items()}
    whole = sum(shares.values())
    adds_up = whole <= 1 + ROUNDING if some else abs(whole - 1) < ROUNDING
    return {arm: share / whole for arm, share in shares.items()} if adds_up else None
