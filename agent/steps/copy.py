"""What is said: three variants for each segment, channel and offer that the budget chose, then checked."""

from agent.steps.context import context_of, message_of
from agent.steps.requests import Cell, copy_requests
from agent.workspace import Workspace
from tools.compliance.check import check_message, check_plan
from tools.compliance.diversity import check_diversity
from tools.compliance.message import Message
from tools.compliance.types import Check
from tools.copywriter.types import CopyItem
from tools.failure import ToolFailure


def write_copy(work: Workspace, variants: int) -> dict[str, object]:
    """Write `variants` messages with different angles for each cell of the allocation."""
    from tools.copywriter.templates import write_templates

    requests = copy_requests(work)
    work.copies = tuple(write_templates(list(requests.values()), seed=work.deps.settings.seed, variants=variants))
    return {"cells": len(requests), "copies": len(work.copies)}


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
        checked.append(item.model_copy(update={"checks": tuple(check_message(message, context))}))
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
