"""The conversation's loop: `create_agent` over the tools of `Talk`, its state in `memory`, one thread a campaign.

What survives a restart: the campaign in its folder, which is the truth of the plan, and here what was said, with what
was asked back and what was offered, so that "the first" and "do it" are still understood.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.brief.fields import Question
from agent.campaign import Campaign
from agent.conversation.read import read_turn
from agent.conversation.reply import Reply
from agent.conversation.talk import Talk
from agent.conversation.turn import Turn
from agent.deps import Deps

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.tools import BaseTool

    from agent.conversation.memory import Saver
    from tools.llm.account import Account

ASKED, OFFERED = "briefsmith_asked", "briefsmith_offered"
MOST_CALLS = 4
"""Model calls in one turn."""


class Chat:
    """One campaign's conversation. `say` reads a turn, lets the loop carry it out, and answers."""

    def __init__(
        self, deps: Deps, folder: Path, campaign: Campaign, saver: Saver, model: BaseChatModel | None = None
    ) -> None:
        self.talk = Talk(deps, folder, campaign)
        self._saver, self._model = saver, model
        thread = {"thread_id": campaign.campaign_id}
        self._config: Any = {"configurable": thread, "recursion_limit": 4 * MOST_CALLS + 10}
        self._reply: Reply | None = None

    def say(self, text: str) -> Reply:
        """Carry out one turn.

        Raises:
            ToolFailure: what the shop's data cannot do; nothing was changed.
        """
        from langchain_core.messages import HumanMessage

        self._reload()
        asked, offered = self._pending()
        self.talk.account = self._account()
        turn = self._led(read_turn(text, self.talk.brief, self.talk.ear, asked=asked, offered=offered is not None))
        self.talk.turn = self._offered(turn, offered) if turn.kind == "confirm" and offered else turn
        self.talk.offered, self._reply = None, None
        nothing = self.talk.nothing()
        agent = self._agent(nothing)
        state = agent.invoke({"messages": [HumanMessage(text)]}, config=self._config)
        reply = self._reply or nothing
        self._remember(agent, state["messages"][-1], reply)
        self._pay(reply)
        return reply

    def _account(self) -> Account | None:
        """What a model may spend on this turn; null where none leads the campaign."""
        from agent.cost import account_of

        deps = self.talk.deps
        if self.talk.campaign.planner != "llm" or deps.llm is None:
            return None
        return account_of(deps.settings, deps.llm.config)

    def _led(self, turn: Turn) -> Turn:
        """Where a model leads the plan, it says what a turn does that the rules do not understand."""
        from agent.conversation.read import RELEASE
        from agent.pointing.lead import turn_with

        client, account = self.talk.deps.llm, self.talk.account
        if client is None or account is None or RELEASE in turn.notes:
            return turn
        return turn_with(turn, self.talk.brief, client, account, self.talk.ear)

    def _pay(self, reply: Reply) -> None:
        """A new version holds what the turn has spent on a model; where there is none, the plan that stands does."""
        from agent.shelf import Shelved, put_spent

        account, talk = self.talk.account, self.talk
        if account is None or not account.calls or reply.kind in ("revised", "undone"):
            return
        talk.campaign = put_spent(talk.deps.settings.home, Shelved(talk.campaign, talk.folder), account)

    def _reload(self) -> None:
        """Take up what another process has made of the campaign since."""
        from agent.conversation.state import restore

        path = self.talk.folder / "campaign.json"
        stored = Campaign.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None
        if stored is not None and stored != self.talk.campaign:
            self.talk.campaign = stored
            self.talk.work = restore(stored, self.talk.folder, self.talk.deps)

    def _offered(self, turn: Turn, offered: str) -> Turn:
        """ "Do it": the what-if of the turn before, in its own words."""
        supposed = self._led(read_turn(offered, self.talk.brief, self.talk.ear))
        return Turn(offered, "confirm", edits=supposed.edits) if supposed.edits else Turn(turn.text, "unclear")

    def _pending(self) -> tuple[tuple[Question, ...], str | None]:
        """What was asked back, and what was offered, on the turn before."""
        found = self._saver.get_tuple(self._config)
        messages = found.checkpoint["channel_values"].get("messages", []) if found else []
        kept = messages[-1].additional_kwargs if messages else {}
        asked = tuple(Question.model_validate(one) for one in json.loads(kept.get(ASKED, "[]")))
        return asked, kept.get(OFFERED)

    def _agent(self, nothing: Reply) -> Any:
        from langchain.agents import create_agent
        from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware

        from prompts.load import prompt

        limit: AgentMiddleware[Any, None, Any] = ModelCallLimitMiddleware(run_limit=MOST_CALLS)
        return create_agent(
            self._model or self._talker(nothing.text),
            self._tools(),
            system_prompt=prompt("conversation").render(),
            middleware=[limit],
            checkpointer=self._saver,
        )

    def _talker(self, nothing: str) -> BaseChatModel:
        """The playbook, with the model at its side that leads the campaign, unless it has failed in this turn."""
        from agent.conversation.leading import LedTalker
        from agent.conversation.planner import PlaybookTalker
        from agent.planner.talker import Talker

        turn, client, account = self.talk.turn, self.talk.deps.llm, self.talk.account
        if client is None or account is None or any(call.outcome == "failed" for call in account.trace):
            return PlaybookTalker(turn_kind=turn.kind, nothing=nothing)
        talker = Talker(client=client, account=account)
        return LedTalker(turn_kind=turn.kind, nothing=nothing, talker=talker, said=turn.text)

    def _remember(self, agent: Any, last: Any, reply: Reply) -> None:
        """Note beside the closing word what the next turn may refer to."""
        kept = {ASKED: json.dumps([q.model_dump(mode="json") for q in reply.questions])}
        if self.talk.offered:
            kept[OFFERED] = self.talk.offered
        noted = last.model_copy(update={"additional_kwargs": {**last.additional_kwargs, **kept}})
        agent.update_state(self._config, {"messages": [noted]})

    def _tools(self) -> list[BaseTool]:
        """READ tools alone: a revision is a draft, and what leaves the house is approved elsewhere."""
        talk = self.talk

        def revise_plan() -> str:
            """Change the plan as the last turn asks: only what depends on the change is planned again."""
            return self._answered(talk.revise)

        def answer_question() -> str:
            """Answer the last turn's question about the plan, from the campaign object."""
            return self._answered(talk.answer)

        def suppose() -> str:
            """Say what the plan would be under the terms that the last turn supposes; nothing is changed."""
            return self._answered(talk.what_if)

        def undo() -> str:
            """Go back to the plan before the last change."""
            return self._answered(talk.undo)

        def leave_out() -> str:
            """Plan a refused brief without what was refused."""
            return self._answered(talk.leave_out)

        from langchain_core.tools import StructuredTool

        from agent.toolset import MODE

        steps: list[Callable[[], str]] = [revise_plan, answer_question, suppose, undo, leave_out]
        return [StructuredTool.from_function(step, metadata={MODE: "READ"}) for step in steps]

    def _answered(self, carry_out: Callable[[], Reply]) -> str:
        """What the model and the log see of a reply: never a row about a customer."""
        self._reply = carry_out()
        return "The members were shown." if self._reply.private else self._reply.text
