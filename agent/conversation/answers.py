"""Answers from the campaign object: nothing is computed here that the plan does not hold, and each figure is traced."""

from __future__ import annotations

from collections.abc import Callable

from agent.conversation.told import Told
from agent.conversation.turn import AskKind
from tools.budget.types import AllocationPart
from tools.response.offers import offered
from tools.segments.describe import describe
from tools.segments.types import AudiencePart

WHY_OUT = {
    "matches": "do not match the conditions",
    "not_excluded": "are among those that the brief leaves out",
    "consented": "have not consented to a channel of this campaign, or left no address for it",
    "not_suppressed": "are on the suppression list",
    "under_frequency_cap": "have been contacted too often in the days before",
    "holdout_out": "are held out, so that the effect can be measured",
}
HELP = (
    "You can change: the budget (“raise it to 30k”), channels (“drop SMS”), the discount (“10% at most”, “no",
    "discount”), who is meant (“add cat owners”, “only those who spent over $200”, “exclude those mailed last month”),",
    "days (“start on Dec 5”, “a week longer”), segments (“split the audience by value”), tone, language, products,",
    "goal, holdout. You can ask: why this segment? · what would another $5,000 bring? · who is left out and why? ·",
    "show me ten of them · which limit binds? · what happens without the discount? · where do the figures come from? ·",
    "can it be measured? · show me the copy · why these products? · why no discount? · what changed? And: undo.",
)
MOST_SHOWN = 3
TOTAL = "budget"
"""The limit whose use is the plan's whole spend: it is said to the same cent wherever it is said."""


def segments(told: Told) -> None:
    """Why this segment, or each of them."""
    part = told.campaign.audience
    if part is None:
        return
    named = [
        i for i, s in enumerate(part.segments) if s.name.lower() in told.about or s.segment_id in told.about.split()
    ]
    told.say(
        f"The audience is {describe(part.filter, told.currency)}: {told.count('audience.size')} customers after the "
        "funnel and the holdout."
    )
    told.say(_how_split(told, part))
    for i in named or range(len(part.segments)):
        _segment(told, part, i)


def _how_split(told: Told, part: AudiencePart) -> str:
    if len(part.segments) == 1:
        return "It is one segment: it is small, or nothing sets its customers apart clearly enough."
    asked = told.campaign.step_arguments.get("look_up_audience", {}).get("split_by")
    if asked:
        return f"It is split by {asked}, as was asked."
    return "It is split where the customers differ most in recency, frequency, spend, discounts and taste."


def _segment(told: Told, part: AudiencePart, i: int) -> None:
    segment, path = part.segments[i], f"audience.segments.{i}"
    line = f"  {segment.name}: {told.count(f'{path}.size')} customers; {describe(segment.filter, told.currency)}."
    profile = segment.profile
    if isinstance(profile.get("recency_days"), int | float):
        line += f" Median: {told.number(f'{path}.profile.recency_days')} days since the last order"
        if isinstance(profile.get("orders"), int | float):
            line += f", {told.number(f'{path}.profile.orders')} orders"
        if isinstance(profile.get("spend_minor"), int | float):
            line += f", {told.money(f'{path}.profile.spend_minor')} spent"
        line += "."
    told.say(line)
    for j, cell in enumerate(told.campaign.allocation.cells if told.campaign.allocation else ()):
        if cell.segment_id == segment.segment_id:
            at = f"allocation.cells.{j}"
            told.say(
                f"    {told.count(f'{at}.customers')} by {cell.channel} {offered(cell.offer_id)}: costs "
                f"{told.money(f'{at}.cost_minor')}, expected margin {told.money(f'{at}.incremental_margin_minor')}."
            )


def left_out(told: Told) -> None:
    part = told.campaign.audience
    if part is None:
        return
    for i, step in enumerate(part.funnel):
        if i == 0:
            told.say(f"The shop has {told.count('audience.funnel.0.customers')} customers.")
            continue
        lost = part.funnel[i - 1].customers - step.customers
        why = WHY_OUT.get(step.step, step.step.replace("_", " "))
        if step.step == "matches":
            why += f" ({describe(part.filter, told.currency)})"
        left = told.count(f"audience.funnel.{i}.customers")
        told.count(f"audience.funnel.{i - 1}.customers")
        told.say(f"  {lost:,} {why}; {left} are left.")
    excluded = told.campaign.brief.fields.exclude
    if excluded:
        told.say("  Left out by the brief: " + "; ".join(f"“{condition.text}”" for condition in excluded) + ".")
    if told.campaign.allocation:
        contacted = sum(cell.customers for cell in told.campaign.allocation.cells)
        idle = part.size - contacted
        if idle:
            told.say(f"  {idle:,} of the campaign get no message: none that pays for itself reaches them.")
        else:
            told.say("  Everybody in the campaign arm gets a message.")


def which_limit(told: Told) -> None:
    allocation = told.campaign.allocation
    if allocation is None:
        return
    binding = [i for i, c in enumerate(allocation.constraints) if c.shadow_price]
    for i in binding:
        path = f"allocation.constraints.{i}"
        name = allocation.constraints[i].name
        show = told.money if "budget" in name or "spend" in name else told.number
        used = told.money("allocation.spend_minor") if name == TOTAL else show(f"{path}.used")
        told.say(
            f"`{name}` binds: {used} of {show(f'{path}.limit')} is used; one more unit of it would "
            f"bring {told.number(f'{path}.shadow_price')} units of margin."
        )
    if not binding:
        told.say("No limit binds: relaxing any of them a little would not bring more.")
    for line in allocation.explanation:
        told.say("  " + line)
    told.say(
        f"  {told.money('allocation.spend_minor')} of {told.money('allocation.budget_minor')} is spent; what holds the "
        "plan back besides is who may be contacted (ask “who is left out and why?”)."
    )


def no_offer(told: Told) -> None:
    campaign, allocation = told.campaign, told.campaign.allocation
    if allocation is None:
        return
    cap = campaign.brief.fields.max_discount_pct
    told.say(
        f"Offers that could be used: {', '.join(offer.offer_id for offer in campaign.offers)}"
        + (f" (at most {cap:g} % off)." if cap is not None else ".")
    )
    used = {(c.segment_id, c.channel): c.offer_id for c in allocation.cells}
    names = {s.segment_id: s.name for s in campaign.audience.segments} if campaign.audience else {}
    for (segment_id, channel), offer_id in used.items():
        each = []
        for i, cell in enumerate(campaign.forecast):
            if (cell.segment_id, cell.channel) == (segment_id, channel) and cell.customers:
                margin = told.money(f"forecast.{i}.incremental_margin_minor")
                each.append(f"{offered(cell.offer_id)} {margin}")
        name, own = names.get(segment_id, segment_id), offered(offer_id)
        told.say(f"  {name} by {channel}: {own}; if all got it: {', '.join(each)}.")
    told.say("A discount is also given to those who would buy anyway; where that costs more than it brings, it loses.")


def channel(told: Told) -> None:
    fields, allocation = told.campaign.brief.fields, told.campaign.allocation
    asked = ", ".join(fields.channels) or "none named, so all that the shop can send"
    out = f"; ruled out: {', '.join(fields.channels_excluded)}" if fields.channels_excluded else ""
    told.say(f"Channels in the brief: {asked}{out}.")
    for name in dict.fromkeys(cell.channel for cell in allocation.cells) if allocation else ():
        own = [i for i, cell in enumerate(allocation.cells if allocation else ()) if cell.channel == name]
        at = [f"allocation.cells.{i}" for i in own]
        parts = [f"{told.count(f'{path}.customers')} at {told.money(f'{path}.cost_minor')}" for path in at]
        told.say(f"  {name}: {' + '.join(parts)}.")
    told.say("Each customer gets the channel that is expected to bring most after its cost, among those consented to.")


def test(told: Told) -> None:
    experiment = told.campaign.experiment
    if experiment is None:
        return
    arms = [f"{arm.name} {told.count(f'experiment.arms.{i}.customers')}" for i, arm in enumerate(experiment.arms)]
    told.say(f"Measured: {experiment.metric}, over {experiment.days} days; arms: {', '.join(arms)}.")
    told.say(
        f"Smallest effect that can be seen: {told.share('experiment.mde')}; expected: "
        f"{told.share('experiment.expected_effect')}."
    )
    told.say(experiment.note)


def basis(told: Told) -> None:
    forecast = told.campaign.forecast
    bases = sorted({cell.basis for cell in forecast})
    told.say(f"Every figure of the forecast says what it rests on; here the weakest of each is: {', '.join(bases)}.")
    if "randomised" not in bases:
        told.say("No past campaign was randomised, so nothing is called uplift; the margins are expectations.")
    for source in dict.fromkeys(source for cell in forecast for source in cell.sources):
        told.say(f"  {source.basis}: {source.text}" + ("" if source.verified else " (not verified)"))
    if told.campaign.data and told.campaign.data.synthetic:
        tables = ", ".join(told.campaign.data.synthetic)
        told.say(f"  Some columns of {tables} were made by a generator and are nobody's real data.")


def copy(told: Told) -> None:
    names = {s.segment_id: s.name for s in told.campaign.audience.segments} if told.campaign.audience else {}
    items = [item for item in told.campaign.copies if item.variant == "a"] or list(told.campaign.copies)
    about = told.about.replace("text", "sms").replace("短信", "sms").replace("邮件", "email")
    wanted = [item for item in items if item.channel in about]
    for item in (wanted or items)[:MOST_SHOWN]:
        told.say(
            f"{names.get(item.segment_id, item.segment_id)} by {item.channel} {offered(item.offer_id)} "
            f"({item.copy_id}):"
        )
        lines = [(part, line) for part, text in item.rendered.items() for line in text.splitlines() if line.strip()]
        told.lines += [f"  {part}: {line}" for part, line in lines]
    told.say(f"{len(told.campaign.copies):,} messages in all; report.html shows each as it would look.")


def products(told: Told) -> None:
    names = {s.segment_id: s.name for s in told.campaign.audience.segments} if told.campaign.audience else {}
    for segment_id, name in names.items():
        told.say(f"{name}:")
        for choice in told.campaign.products:
            if choice.segment_id == segment_id:
                told.say(f"  {choice.name} ({choice.category or 'no category'}): {'; '.join(choice.reasons)}")


def checks(told: Told) -> None:
    made = told.campaign.checks
    failed = [check for check in made if check.verdict == "fail"]
    passed = sum(check.verdict == "pass" for check in made)
    told.say(f"{len({c.rule_id for c in made}):,} rules; {passed:,} checks passed, {len(failed):,} warn, none blocks.")
    told.lines += [f"  {check.rule_id}: {check.detail}" for check in failed[:10]]
    told.say("These checks are engineering, not legal advice.")


def spend(told: Told) -> None:
    allocation = told.campaign.allocation
    if allocation is None:
        return
    told.say(
        f"{told.money('allocation.spend_minor')} of {told.money('allocation.budget_minor')}, what the discounts are "
        "expected to cost included."
    )
    _cells(told, allocation)


def expected(told: Told) -> None:
    allocation = told.campaign.allocation
    if allocation is None:
        return
    weakest = min((c.basis for c in told.campaign.forecast), key=("assumed", "observational", "randomised").index)
    told.say(
        f"An incremental margin of {told.money('allocation.objective')} against contacting nobody, after "
        f"{told.money('allocation.spend_minor')} of cost; it is {weakest}. No plan under these limits can bring more "
        f"than {told.money('allocation.bound')}."
    )
    _cells(told, allocation)


def _cells(told: Told, allocation: AllocationPart) -> None:
    names = {s.segment_id: s.name for s in told.campaign.audience.segments} if told.campaign.audience else {}
    for i, cell in enumerate(allocation.cells):
        path = f"allocation.cells.{i}"
        told.say(
            f"  {names.get(cell.segment_id, cell.segment_id)} by {cell.channel} {offered(cell.offer_id)}: "
            f"{told.count(f'{path}.customers')} customers, cost {told.money(f'{path}.cost_minor')}, margin "
            f"{told.money(f'{path}.incremental_margin_minor')}."
        )


def size(told: Told) -> None:
    part = told.campaign.audience
    if part is None:
        return
    steps = [
        f"{told.count(f'audience.funnel.{i}.customers')} {step.step.replace('_', ' ')}"
        for i, step in enumerate(part.funnel)
    ]
    told.say(" → ".join(steps) + ".")
    for i, segment in enumerate(part.segments):
        told.say(f"  {segment.name}: {told.count(f'audience.segments.{i}.size')}.")


def help_(told: Told) -> None:
    told.lines += HELP


ANSWERS: dict[AskKind, Callable[[Told], None]] = {
    "segment": segments,
    "left_out": left_out,
    "which_limit": which_limit,
    "no_offer": no_offer,
    "channel": channel,
    "test": test,
    "basis": basis,
    "copy": copy,
    "products": products,
    "checks": checks,
    "spend": spend,
    "expected": expected,
    "size": size,
    "help": help_,
}
"""The kinds that the campaign object alone answers; the others need its members, another plan or another version."""
