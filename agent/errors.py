"""The few things that can go wrong, each with its exit status and problem type."""

from typing import Literal

from agent.campaign import Campaign, Problem, Status
from tools.failure import ToolFailure

ExitStatus = Literal[0, 1, 10, 11, 12]

EXIT_BY_STATUS: dict[Status, ExitStatus] = {
    "planning": 1,
    "needs_input": 10,
    "infeasible": 11,
    "refused": 12,
    "draft": 0,
    "approved": 0,
    "exported": 0,
    "measured": 0,
}

STATUS_BY_CODE: dict[str, Status] = {
    "unresolved_terms": "needs_input",
    "unknown_attribute": "needs_input",
    "unknown_value": "needs_input",
    "offer_not_supported": "needs_input",
    "channel_not_supported": "needs_input",
    "no_sending_cost": "needs_input",
    "currency_mismatch": "needs_input",
    "no_products": "needs_input",
    "blocked_checks": "needs_input",
    "quiet_hours": "needs_input",
    "empty_audience": "infeasible",
    "nobody_reachable": "infeasible",
    "infeasible": "infeasible",
    "bad_holdout": "infeasible",
}
"""Which failures of a tool end a plan as what; a code that is not here is an error (exit status 1)."""

TYPE_BASE = "https://briefsmith.dev/problems/"


class PlanError(Exception):
    """A plan could not be made at all: nothing was written. Exit status 1."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def problem_of(failure: ToolFailure) -> Problem:
    """The RFC 9457 problem of a tool's failure."""
    suggestions = failure.detail.get("suggestions", ())
    return Problem(
        type=TYPE_BASE + failure.code.replace("_", "-"),
        title=failure.code.replace("_", " ").capitalize(),
        detail=failure.message,
        suggestions=tuple(str(item) for item in suggestions) if isinstance(suggestions, (list, tuple)) else (),
    )


def exit_status(campaign: Campaign) -> ExitStatus:
    return EXIT_BY_STATUS[campaign.status]
