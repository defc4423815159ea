"""What the model's calls cost a campaign: an account for each thing that it does, added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.campaign import Cost
from agent.settings import Settings
from tools.llm.types import LlmConfig

if TYPE_CHECKING:
    from agent.workspace import Workspace
    from tools.llm.account import Account


def account_of(settings: Settings, config: LlmConfig) -> Account:
    """Of a model that reads or leads: within its own seconds and steps, apart from those of the copy."""
    from tools.llm.account import Account

    ceilings = {"max_seconds": settings.llm_planner_seconds, "max_calls": settings.max_steps}
    return Account(config.model_copy(update=ceilings))


def charge(work: Workspace, account: Account) -> None:
    """Add what an account has spent to the campaign's cost, and its requests to the trace."""
    ahead = len(work.llm_calls)
    work.cost = added(work.cost, account)
    work.llm_calls += [call.model_copy(update={"seq": ahead + call.seq}) for call in account.trace]


def added(cost: Cost, account: Account) -> Cost:
    """A campaign's cost with what an account has spent."""
    return cost.model_copy(
        update={
            "llm_calls": cost.llm_calls + account.calls,
            "prompt_tokens": cost.prompt_tokens + account.prompt_tokens,
            "completion_tokens": cost.completion_tokens + account.completion_tokens,
            "seconds": round(cost.seconds + account.seconds, 3),
        }
    )
