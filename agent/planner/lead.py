"""A model leads the plan; whatever it leaves undone, or does in a wrong order, the playbook then finishes."""

from agent.cost import account_of, charge
from agent.planner.playbook import PLAYBOOK
from agent.workspace import Workspace
from tools.failure import ToolFailure

Arguments = dict[str, dict[str, int | str]]


def lead(work: Workspace, asked: Arguments, before: Workspace | None) -> tuple[Arguments, Workspace | None]:
    """Let the model lead until it stops, fails or reaches a limit.

    Returns:
        What the playbook goes on with: the arguments that the model chose last (what she asked for stands above
        them), and the version whose parts are taken where nothing that they rest on has changed, which is this very
        one as far as the model got.
    """
    from agent.planner.llm import LlmPlanner
    from agent.planner.loop import run

    client = work.deps.llm
    if client is None:
        work.planner = "playbook"
        return asked, before
    account = account_of(work.deps.settings, client.config)
    try:
        run(work, LlmPlanner(client=client, account=account, terms=terms_told(work)), before or work)
    except ToolFailure as failure:
        if not failure.code.startswith("llm_"):
            raise
    charge(work, account)
    done = [call for call in work.trace if call.ok and call.tool in PLAYBOOK]
    if not done:
        work.planner = "playbook"
        return asked, before
    return {call.tool: call.arguments for call in done} | asked, work


def terms_told(work: Workspace) -> dict[str, object]:
    """What a planning model is told of the brief: fixed words and bounded numbers."""
    terms = work.terms
    return {
        "goal": terms.goal,
        "channels": list(terms.channels),
        "days": (terms.window.end - terms.window.start).days + 1,
        "budget_minor": terms.budget_minor,
        "currency": terms.currency,
        "deepest_discount_pct": terms.cap_pct,
        "offer_types": list(terms.offer_types),
        "language": terms.language,
    }
