"""A person edits a line of copy: the plan stays, all copy is checked again, a new version is written."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.campaign import FOLLOWS, Campaign, ToolCall
from agent.conversation import versions
from agent.conversation.difference import difference
from agent.conversation.inputs import step_key
from agent.conversation.reply import Reply, ReplyKind
from agent.conversation.state import restore
from agent.errors import PlanError, problem_of
from agent.steps.edits import reworded, tried, with_words
from tools.compliance.check import failures
from tools.failure import ToolFailure
from tools.vocabulary import Model

if TYPE_CHECKING:
    from agent.deps import Deps
    from agent.workspace import Workspace
    from tools.copywriter.types import CopyEdit

STEP = "check_copy"


class NewWords(Model):
    """Which words are to stand in which part of which message; slots as `{offer}`."""

    copy_id: str
    part: str
    text: str


def planned_work(campaign: Campaign, folder: Path, deps: Deps) -> Workspace:
    """The workspace of a plan, with the customers behind it.

    Raises:
        ToolFailure: `no_plan`; `state_gone` where what a version leaves beside its package was thrown away.
    """
    if campaign.allocation is None:
        raise ToolFailure(
            "no_plan", f"`{campaign.campaign_id}` is {campaign.status.replace('_', ' ')}: there is no plan"
        )
    work = restore(campaign, folder, deps)
    if work.audience is None:
        message = "what the plan was made from is not kept here any more: plan the brief again, then edit"
        raise ToolFailure("state_gone", message, campaign_id=campaign.campaign_id)
    return work


def put_words(campaign: Campaign, folder: Path, deps: Deps, new: NewWords) -> Reply:
    """Write the version with these words. One that broke a blocking rule is not written, and the reply says why.

    Raises:
        ToolFailure: `no_copy`, `no_plan`, `state_gone`, `already_exported`; what the checks cannot do.
        PlanError: the version would not be whole, or the ledger is away.
    """
    from agent.plan import write

    if "planning" not in FOLLOWS[campaign.status]:
        message = f"the campaign is {campaign.status}: what has gone out is not edited; plan anew"
        raise ToolFailure("already_exported", message, campaign_id=campaign.campaign_id)
    before = planned_work(campaign, folder, deps)
    edits = with_words(before, new.copy_id, new.part, new.text)
    if edits == campaign.edits:
        return _reply(campaign, "unchanged", ["It reads so already; nothing was changed."])
    blocking = failures(tried(before, new.copy_id, new.part, new.text).findings, "block")
    if blocking:
        return _refused(campaign, [f"{check.rule_id}: {check.detail}" for check in blocking])
    work = _next(before, campaign, edits)
    try:
        made = _checked(work)
    except ToolFailure as failure:
        if failure.code != "blocked_checks":
            raise
        return _refused(campaign, [failure.message], problem=problem_of(failure))
    versions.archive(campaign, folder)
    written = write(work, made, folder)
    void = "; its approval is void" if campaign.status == "approved" else ""
    head = f"Version {written.version} · {written.status}{void}. Your words in the {new.part.replace('_', ' ')}:"
    said = next(item.rendered[new.part] for item in written.copies if item.copy_id == new.copy_id)
    return _reply(written, "revised", [head, f"  {said}"], difference=difference(campaign, written))


def _next(before: Workspace, campaign: Campaign, edits: tuple[CopyEdit, ...]) -> Workspace:
    line = replace(before.line, version=campaign.version + 1, revises=campaign.plan_sha(), restores=None, edits=edits)
    written = reworded(before, before.copies, [edit.back for edit in before.line.edits])
    kept = [call for call in before.trace if call.ok and call.tool != STEP]
    trace = [call.model_copy(update={"seq": seq, "reused": True}) for seq, call in enumerate(kept, start=1)]
    return replace(before, line=line, copies=reworded(before, written, edits), trace=trace, keys=dict(before.keys))


def _checked(work: Workspace) -> Campaign:
    """The campaign after the one step that reads the words has run; every other part is that of the version before."""
    from agent.completion import unmet
    from agent.steps.copy import check_copy

    started = time.perf_counter()
    work.deps.progress("check copy", 0, 1)
    work.keys[STEP] = step_key(STEP, work, {})
    said = json.dumps(check_copy(work), ensure_ascii=False, separators=(",", ":"))
    ms = round(1000 * (time.perf_counter() - started))
    work.trace.append(
        ToolCall(seq=len(work.trace) + 1, tool=STEP, mode="READ", arguments={}, ok=True, summary=said, ms=ms)
    )
    campaign = work.campaign("draft")
    broken = unmet(work, campaign)
    if broken:
        raise PlanError(problem_of(ToolFailure("incomplete", f"The version was not written: {broken[0]}.")))
    return campaign


def _refused(campaign: Campaign, why: list[str], **more: Any) -> Reply:
    return _reply(
        campaign, "unchanged", [*why, f"Nothing was changed: the plan is version {campaign.version}."], **more
    )


def _reply(campaign: Campaign, kind: ReplyKind, lines: list[str], **more: Any) -> Reply:
    return Reply(
        kind=kind,
        campaign_id=campaign.campaign_id,
        version=campaign.version,
        status=campaign.status,
        lines=tuple(lines),
        **more,
    )
