"""From a brief to a campaign: read, plan through the loop, verify, write the package. Every door calls this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from agent.brief.fields import Brief
from agent.campaign import Campaign, PlannerName, Problem, Status, WriterName
from agent.cost import account_of, charge
from agent.deps import Deps
from agent.errors import STATUS_BY_CODE, TYPE_BASE, PlanError, problem_of
from agent.model import Hands, choose
from agent.workspace import Workspace
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from tools.llm.account import Account


@dataclass(frozen=True)
class Planned:
    """A campaign and the folder that its package was written to."""

    campaign: Campaign
    folder: Path


def understand(text: str, deps: Deps, today: date) -> Brief:
    """Only read: what the brief states, with the words it came from."""
    from agent.brief.read import read_brief

    info = deps.store.info
    return read_brief(text, today=today, shop_currency=info.currency, shop_market=info.market)


def _read_with(brief: Brief, deps: Deps, account: Account, today: date) -> Brief:
    from agent.conversation.hearing import Ear
    from agent.pointing.lead import read_with

    assert deps.llm is not None
    info = deps.store.info
    return read_with(brief, deps.llm, account, Ear(today, info.currency, info.market))


def plan(
    text: str,
    deps: Deps,
    *,
    today: date | None = None,
    out: Path | None = None,
    planner: PlannerName | None = None,
    writer: WriterName | None = None,
) -> Planned:
    """Plan a brief and write its package.

    Args:
        today: the day the brief was written on; null takes the shop's or the clock's.
        out: the package's folder; null takes a folder of the campaign's own in BRIEFSMITH_HOME.
        planner: who leads the loop; null: the model where one is configured, answers and calls tools, else the
            playbook. The campaign says which.
        writer: who writes the words; null: the model where one is configured and answers, else the templates.

    Raises:
        PlanError: no campaign could be made at all; nothing was written.
    """
    from agent.conversation.versions import started_over

    try:
        day = today or deps.today()
        brief = understand(text, deps, day)
        hands = choose(deps.settings, planner, writer) if brief.status in ("ok", "needs_input") else Hands()
        account = account_of(deps.settings, deps.llm.config) if hands.planner == "llm" and deps.llm else None
        if account is not None:
            brief = _read_with(brief, deps, account, day)
        hands = hands if brief.status == "ok" else Hands()
    except ToolFailure as failure:
        raise PlanError(problem_of(failure)) from failure
    work = Workspace(
        deps=deps,
        brief=brief,
        today=day,
        created_at=deps.now(),
        planner=hands.planner,
        writer=hands.writer,
        model_problem=hands.problem,
    )
    if account is not None:
        charge(work, account)
    folder = out or deps.settings.home / "campaigns" / work.campaign_id
    work.line = started_over(folder, work.campaign_id)
    campaign = carry_out(work)
    return Planned(campaign=write(work, campaign, folder), folder=folder)


def write(work: Workspace, campaign: Campaign, folder: Path) -> Campaign:
    """Write the package, and what the next version can take from this one, and enter it in the ledger.

    Raises:
        PlanError: the campaign was exported already, with another plan; somebody else changed it meanwhile; or the
            ledger is away.
    """
    from agent.conversation.state import keep
    from agent.package import write_package
    from agent.recording import recorded
    from agent.shelf import alone

    try:
        home = work.deps.settings.home
        with alone(home, campaign.campaign_id), recorded(campaign, folder, work.deps.ledger) as made:
            keep(work, campaign, folder)
            return write_package(work, made, folder)
    except ToolFailure as failure:
        raise PlanError(problem_of(failure)) from failure


def carry_out(work: Workspace, before: Workspace | None = None) -> Campaign:
    """The campaign of a workspace's brief; nothing is written.

    Args:
        before: the version before, whose parts are taken where nothing that they rest on has changed.

    Raises:
        PlanError: no campaign could be made at all.
    """
    return work.campaign(*_not_ok(work.brief)) if work.brief.status != "ok" else _planned(work, before)


def _planned(work: Workspace, before: Workspace | None) -> Campaign:
    from agent.completion import unmet
    from agent.planner.lead import lead
    from agent.planner.loop import run
    from agent.planner.playbook import PlaybookPlanner

    arguments = {tool: dict(asked) for tool, asked in work.line.step_arguments.items()}
    try:
        _ = work.terms
        if work.planner == "llm":
            arguments, before = lead(work, arguments, before)
        end = run(work, PlaybookPlanner(arguments=arguments), before)
        failure = end.failure
    except ToolFailure as early:
        failure = early
    if failure is not None:
        if failure.code not in STATUS_BY_CODE:
            raise PlanError(problem_of(failure)) from failure
        return work.campaign(STATUS_BY_CODE[failure.code], problem_of(failure))
    campaign = work.campaign("draft")
    broken = unmet(work, campaign)
    if broken:
        raise PlanError(
            Problem(
                type=TYPE_BASE + "incomplete",
                title="Incomplete plan",
                detail=f"The plan does not meet its contract and was not written: {broken[0]}.",
                suggestions=broken,
            )
        )
    return campaign


def _not_ok(brief: Brief) -> tuple[Status, Problem]:
    """The status and problem of a brief that cannot be planned as it stands."""
    asks = tuple(question.question for question in brief.questions if question.blocking)
    if brief.status == "refused":
        reason = " ".join(brief.notes) or "The brief asks for something that cannot be done."
        return "refused", Problem(type=TYPE_BASE + "refused", title="Refused", detail=reason, suggestions=asks)
    title = "Not a brief" if brief.status == "not_a_brief" else "Needs input"
    kind = "not-a-brief" if brief.status == "not_a_brief" else "needs-input"
    detail = " ".join(asks) or " ".join(brief.notes)
    return "needs_input", Problem(type=TYPE_BASE + kind, title=title, detail=detail, suggestions=asks)
