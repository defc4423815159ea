"""The loop: `create_agent` over the tools, within limits, to the completion contract. No domain logic in it."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from agent.planner.tracing import Tracing
from agent.toolset import toolset
from agent.workspace import Workspace
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


@dataclass(frozen=True)
class LoopEnd:
    """How the loop ended: the first failure of a tool, if there was one, and the planner's closing word."""

    failure: ToolFailure | None
    said: str


def run(work: Workspace, planner: "BaseChatModel", before: Workspace | None = None) -> LoopEnd:
    """Run the planner over the workspace until it stops, or until a limit of steps is reached.

    Args:
        before: the version before, whose parts are taken where nothing that they rest on has changed.
    """
    from langchain.agents import create_agent
    from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware

    from agent.conversation.reuse import Reuse
    from agent.planner.playbook import PLAYBOOK
    from prompts.load import prompt

    tracing = Tracing(work.trace, partial(_told, work), steps=len(PLAYBOOK))
    limit: AgentMiddleware[Any, None, Any] = ModelCallLimitMiddleware(run_limit=work.deps.settings.max_steps)
    middleware: list[AgentMiddleware[Any, None, Any]] = [limit, tracing, Reuse(work, before)]
    agent = create_agent(
        planner,
        toolset(work),
        system_prompt=prompt("planner").render(),
        middleware=middleware,
        # A plan is made within a turn of a conversation, too: its own steps are no part of that conversation's state.
        checkpointer=False,
    )
    state = agent.invoke(
        {"messages": [{"role": "user", "content": f"Plan the campaign {work.campaign_id}."}]},
        config={"recursion_limit": 4 * work.deps.settings.max_steps + 10},
    )
    return LoopEnd(failure=tracing.failure, said=str(state["messages"][-1].content))


def _told(work: Workspace, label: str, done: int, total: int | None) -> None:
    work.deps.watch(work)
    work.deps.progress(label, done, total)
