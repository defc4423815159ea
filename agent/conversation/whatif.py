"""What the plan would be under other terms: planned up to the budget, compared, and thrown away."""

from __future__ import annotations

from dataclasses import replace

from agent.brief.fields import Quote
from agent.campaign import Campaign
from agent.conversation.apply import applied
from agent.conversation.difference import Difference, difference
from agent.conversation.hearing import Ear
from agent.conversation.saying import difference_lines, reuse_lines
from agent.conversation.told import Told
from agent.conversation.turn import Ask, Edit
from agent.errors import problem_of
from agent.workspace import Workspace
from tools.failure import ToolFailure
from tools.money import format_money
from tools.vocabulary import Money

LAST = "solve_budget"
"""The step after which a what-if has all that it compares."""
SHARE_ASKED = 4
"""Without an amount, "more budget" is a quarter more."""


def suppose(before: Workspace, work: Workspace) -> Campaign:
    """The campaign that `work` would make, up to its budget, with what `before` already has."""
    from agent.planner.loop import run
    from agent.planner.playbook import PlaybookPlanner

    arguments = {tool: dict(asked) for tool, asked in work.line.step_arguments.items()}
    try:
        _ = work.terms
        failure = run(work, PlaybookPlanner(arguments=arguments, last=LAST), before).failure
    except ToolFailure as early:
        failure = early
    return work.campaign("planning", problem_of(failure) if failure else None)


def other_budget(before: Workspace, amount_minor: int) -> Workspace:
    """The plan's budget solved again with another amount, everything else as it is; nothing is kept.

    Raises:
        ToolFailure: `no_plan`; `infeasible` where the amount cannot meet the plan's minima.
    """
    from agent.steps.budget import solve_budget

    old = before.brief.fields.budget
    if old is None or before.allocation is None:
        raise ToolFailure("no_plan", "there is no plan whose budget could be another one")
    budget = Money(amount_minor=amount_minor, currency=old.currency)
    fields = before.brief.fields.model_copy(update={"budget": budget})
    brief = before.brief.model_copy(update={"fields": fields})
    work = replace(before, brief=brief, trace=[], keys={}, allocation=None, groups=())
    asked = [call.arguments for call in before.trace if call.tool == LAST and call.ok]
    solve_budget(work, int(asked[-1].get("min_cell", 1)) if asked else 1)
    return work


def supposed_lines(now: Campaign, supposed: Campaign) -> tuple[Difference, list[str]]:
    """The difference in figures that a what-if has: nothing of copy, checks and test."""
    made = difference(_up_to_budget(now), _up_to_budget(supposed.model_copy(update={"status": now.status})))
    lines = ["Then, against the plan as it is:", *difference_lines(made)]
    if not any(change.path.startswith(("allocation", "audience", "cell")) for change in made.figures):
        lines.append("  audience, spend and expected margin would stay as they are")
    return made, [*lines, *reuse_lines(made)]


def _up_to_budget(campaign: Campaign) -> Campaign:
    return campaign.model_copy(update={"copies": (), "checks": (), "experiment": None})


def more_budget(work: Workspace, campaign: Campaign, ask: Ask, ear: Ear) -> Told:
    """What so much more money would bring: the budget solved again with it."""
    old = campaign.brief.fields.budget
    assert old is not None
    heard = ear.hear(ask.about, 0, "budget").fields.budget if ask.about else None
    named = heard is not None and heard.currency == old.currency
    more = heard.amount_minor if heard and named else max(1, old.amount_minor // SHARE_ASKED)
    budget = Money(amount_minor=old.amount_minor + more, currency=old.currency)
    brief = applied(campaign.brief, [Edit("budget", "set", budget, (_nowhere(),))], len(campaign.turns) + 1)
    supposed = suppose(work, replace(work, brief=brief, trace=[], keys={}, allocation=None, groups=()))
    told = Told(campaign, ask.about, supposed)
    if supposed.allocation is None or campaign.allocation is None:
        told.say(supposed.problem.detail if supposed.problem else "It could not be solved.")
        return told
    gain = round(supposed.allocation.objective - campaign.allocation.objective)
    told.say(
        f"With {told.money('allocation.budget_minor', 'what_if')} instead of {told.money('allocation.budget_minor')}, "
        f"the best plan would bring {told.money('allocation.objective', 'what_if')} of margin instead of "
        f"{told.money('allocation.objective')}: {format_money(gain, old.currency)} more."
    )
    spent = told.money("allocation.spend_minor", "what_if")
    told.say(f"It would spend {spent}; the plan as it is spends {told.money('allocation.spend_minor')}.")
    if gain <= 0:
        told.say("More money brings nothing here: every contact that pays for itself is paid for already.")
        told.lines += campaign.allocation.explanation[:1]
    return told


def _nowhere() -> Quote:
    return Quote(quote="", start=0, end=0)
