"""What is said: three variants for each segment, channel and offer that the budget chose, then checked."""

from collections.abc import Callable, Sequence

from agent.steps.context import context_of, message_of
from agent.steps.edits import reworded
from agent.steps.requests import Cell, copy_requests
from agent.workspace import Workspace
from tools.compliance.check import check_message, check_plan
from tools.compliance.diversity import check_diversity
from tools.compliance.message import Message
from tools.compliance.types import Check
from tools.copywriter.types import CopyItem, CopyRequest, Writing
from tools.failure import ToolFailure
from tools.llm.client import LlmClient


def write_copy(work: Workspace, variants: int) -> dict[str, object]:
    """Write `variants` messages with different angles for each cell of the allocation."""
    from tools.copywriter.templates import write_templates

    requests = list(copy_requests(work).values())
    client = work.deps.llm if work.writer == "llm" or work.model_problem else None
    if client is not None and not work.model_problem:
        _by_model(work, client, requests, variants)
    else:
        work.copies = tuple(write_templates(requests, seed=work.deps.settings.seed, variants=variants))
        work.writing = _unasked(work, client) if client else None
    work.copies = reworded(work, work.copies, work.line.edits)
    told: dict[str, object] = {"cells": len(requests), "copies": len(work.copies)}
    if work.writing is not None:
        told["by_model"] = work.writing.by_model
    return told


def _by_model(work: Workspace, client: LlmClient, requests: Sequence[CopyRequest], variants: int) -> None:
    from agent.copy_answers import RUBRIC, response_score
    from agent.cost import charge
    from agent.past_copy import winners
    from tools.copywriter.learned import ResponseScore
    from tools.copywriter.model_writer import ModelWriter
    from tools.copywriter.voice import load_voice
    from tools.llm.account import Account

    account = Account(client.config)
    home = work.deps.settings.home
    learned = response_score(home, work.deps.store)
    score = learned if isinstance(learned, ResponseScore) else None
    writer = ModelWriter(
        client=client,
        account=account,
        judge=_judge(work),
        voice=load_voice(home),
        winners=winners(home, work.terms.language),
        score=score,
        seed=work.deps.settings.seed,
        progress=lambda done, total: work.deps.progress("write copy", done, total),
    )
    written = writer.write(requests, variants=variants)
    charge(work, account)
    work.copies = written.items
    by_model = sum(item.writer == "llm" for item in written.items)
    work.writing = Writing(
        model=client.config.model,
        by_model=by_model,
        by_template=len(written.items) - by_model,
        replaced=written.replaced,
        ranked_by=learned.rests_on if isinstance(learned, ResponseScore) else f"{RUBRIC}: {learned.why}",
    )


def _unasked(work: Workspace, client: LlmClient) -> Writing:
    return Writing(model=client.config.model, by_model=0, by_template=len(work.copies), problem=work.model_problem)


def _judge(work: Workspace) -> Callable[[CopyItem, CopyRequest], Sequence[Check]]:
    """The rules on one copy as it would be sent: the very ones that `check_copy` runs."""
    base = context_of(work)

    def judge(item: CopyItem, request: CopyRequest) -> Sequence[Check]:
        context = base.model_copy(update={"offer": request.offer, "products": request.products})
        return check_message(message_of(work, item, request), context)

    return judge


def _placed(item: CopyItem) -> list[Check]:
    """What the writer found of words that the brief wants and that could not be placed."""
    return [check for check in item.checks if check.rule_id == "must_include"]


def check_copy(work: Workspace) -> dict[str, object]:
    """Run every rule on every message as rendered, and the plan's own rules.

    Raises:
        ToolFailure: `blocked_checks`, with what each blocking rule found: the campaign cannot go out like this.
    """
    requests = copy_requests(work)
    base = context_of(work)
    checked: list[CopyItem] = []
    plan_checks: list[Check] = list(check_plan(base))
    variants: dict[Cell, list[Message]] = {}
    for item in work.copies:
        cell = (item.segment_id, item.channel, item.offer_id)
        message = message_of(work, item, requests[cell])
        variants.setdefault(cell, []).append(message)
        context = base.model_copy(update={"offer": requests[cell].offer, "products": requests[cell].products})
        checked.append(item.model_copy(update={"checks": (*_placed(item), *check_message(message, context))}))
    for group in variants.values():
        plan_checks += check_diversity(group)
    work.copies = tuple(checked)
    work.checks = (*plan_checks, *(check for item in checked for check in item.checks))
    failed = [check for check in work.checks if check.verdict == "fail"]
    blocked = [check for check in failed if check.severity == "block"]
    if blocked:
        told = list(dict.fromkeys(f"{check.rule_id}: {check.detail}" for check in blocked))
        raise ToolFailure(
            "blocked_checks",
            f"{len(told)} findings must be mended before this can go out: {' '.join(told[:3])}",
            suggestions=told,
        )
    return {"checks": len(work.checks), "warnings": sorted({check.rule_id for check in failed})}
