"""A target: who answers the cases. The same task, different targets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from tools.failure import ToolFailure
from tools.llm.types import Answer, Ask

if TYPE_CHECKING:
    from agent.planner.talker import Talker
    from tools.llm.client import LlmClient

EMBEDDED = "embedded"
Kind = Literal["embedded", "model", "planner", "agent", "http"]
Asking = Callable[[Ask], Awaitable[Answer]]
"""Asks the model under test. Called from any event loop and thread."""
FORMS = (
    "embedded, embedded:SEED, model:NAME, planner:NAME, agent, or the http(s) address of a running Briefsmith "
    "(NAME is inspect's name of a model: briefsmith/live, openai-api/briefsmith-llm/MODEL, …)"
)


@dataclass(frozen=True)
class Target:
    """Who answers, by `kind`:

    embedded: our own reader, rules, template writer, playbook and search; `seed` varies their choices.
    model: the model of inspect's name `model` writes, talks and leads, wherever a task lets a model do so.
    planner: that model leads plans and conversations alone; the words are the templates'.
    agent: the whole agent in process, as the settings have it, with its own client.
    http: the whole agent behind `url`.
    """

    name: str = EMBEDDED
    kind: Kind = "embedded"
    seed: int = 0
    model: str = ""
    url: str = ""
    prompts: tuple[str, ...] = ()
    """Versions that are served in place of the live ones, as `ID.vN`."""
    ask: Asking | None = None
    """Set by the runner where a model stands behind."""

    @property
    def deterministic(self) -> bool:
        """The same target and case give the same answer."""
        return self.kind == "embedded" or self.model.startswith(CERTAIN)

    def client(self) -> LlmClient | None:
        """A client for the product's own code that asks the model under test; null where there is none."""
        from agent.settings import Settings
        from evals.asking import EvalClient

        # A recording knows one wording of a question; a real model gets the grammar that the product would ask for.
        grammar = "lengths" if self.model.startswith(CERTAIN) else Settings().llm_grammar
        return EvalClient(self.ask, self.model, grammar) if self.ask else None

    def chat_model(self) -> Talker | None:
        """The model under test as the talker of a conversation; null: the playbook."""
        from agent.planner.talker import Talker

        client = None if self.model == PLAYBOOK else self.client()
        return Talker.of(client) if client else None


PLAYBOOK = "briefsmith/playbook"
"""It leads plans; in a conversation the playbook is the talker that there is without a model."""
CERTAIN = ("briefsmith/replay", PLAYBOOK)
"""Models of ours that give the same answer to the same question."""


def parse_target(text: str, prompts: tuple[str, ...] = ()) -> Target:
    """Read `--target` and `--prompt`.

    Raises:
        ToolFailure: `unknown_target`, with the forms there are; `unknown_prompt`.
    """
    name = "+".join((text, *prompts))
    for one in prompts:
        _known_prompt(one)
    kind, _, rest = text.partition(":")
    if kind == EMBEDDED and (not rest or rest.isdigit()):
        return Target(name, seed=int(rest or 0), prompts=prompts)
    if kind == "model" and "/" in rest:
        return Target(name, "model", model=rest, prompts=prompts)
    if kind == "planner" and ("/" in rest or rest == "playbook"):
        model = PLAYBOOK if rest == "playbook" else rest
        return Target(name, "planner", model=model, prompts=prompts)
    if text == "agent":
        return Target(name, "agent", prompts=prompts)
    if kind in ("http", "https") and urlsplit(text).netloc:
        return Target(name, "http", url=text.rstrip("/"))
    raise ToolFailure("unknown_target", f"There is no target `{text}`; write {FORMS}.")


def _known_prompt(name: str) -> None:
    from prompts.load import every

    known = [f"{one.id}.v{one.version}" for one in every()]
    if name not in known:
        raise ToolFailure("unknown_prompt", f"There is no prompt `{name}`; there are {', '.join(known)}.")
