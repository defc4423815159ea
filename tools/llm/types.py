"""What is asked of a model and what came back. Plain values; no network in here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field

from tools.vocabulary import Model

Outcome = Literal["ok", "cached", "failed"]


class LlmConfig(Model):
    """Where the model is, and what a campaign may spend on it. Seconds are wall clock."""

    base_urls: tuple[str, ...] = Field(min_length=1)
    """One a replica, each ending in `/v1`."""
    model: str
    api_key: str = Field(default="none", repr=False)
    concurrency: int = Field(default=64, ge=1)
    """Most requests in flight at once at one replica; how many it gets follows from how it keeps up."""
    attempts: int = Field(default=3, ge=1)
    """Most tries of one request, the first one counted."""
    call_seconds: float = Field(default=60, gt=0)
    """Deadline of one request while it is at a server, its retries counted and not what it waits with us.

    Three times what answers take lately, where that is more.
    """
    silence_seconds: float = Field(default=20, gt=0)
    """A replica of whose streams none brings an event for so long has to write a token, in as long, or is ejected."""
    eject_seconds: float = Field(default=30, gt=0)
    """How long a replica gets no request before one is let through to try it."""
    grammar: Literal["lengths", "words"] = "lengths"
    """What the server's grammar holds copy to: the parts' lengths, or in English `tools.llm.wording` too."""
    max_calls: int = Field(default=6_000, ge=1)
    max_tokens: int = Field(default=20_000_000, ge=1)
    max_seconds: float = Field(default=300, gt=0)
    """Of a campaign's copy, from the first request on."""
    max_cost_micro: int | None = Field(default=None, ge=0)
    """Millionths of a minor unit of the currency that the prices are in; null: no ceiling on money."""
    prompt_price_micro: int = Field(default=0, ge=0)
    """Millionths of a minor unit a prompt token: 15 cents a million tokens are 15."""
    completion_price_micro: int = Field(default=0, ge=0)


@dataclass(frozen=True)
class Ask:
    """One request. `schema` names one of `tools.llm.schemas`; null asks for free text or tool calls.

    `tools` are JSON Schemas of functions in OpenAI's form, for a planner; `messages` likewise.
    """

    messages: tuple[Mapping[str, Any], ...]
    prompt_id: str
    prompt_sha: str
    schema: str | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    n: int = 1
    seed: int = 0
    temperature: float = 0.0
    max_tokens: int = 512


@dataclass(frozen=True)
class Usage:
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Choice:
    """One variant as it came. `whole`: it ended by itself (`stop` or `tool_calls`), not at a limit."""

    text: str
    finish_reason: str
    tool_calls: tuple[Mapping[str, Any], ...] = ()

    @property
    def whole(self) -> bool:
        return self.finish_reason in ("stop", "tool_calls")


@dataclass(frozen=True)
class Answer:
    """All choices of one request; tokens as the server counts them, else an upper bound of ours (bytes)."""

    choices: tuple[Choice, ...]
    usage: Usage = field(default_factory=Usage)
    cached: bool = False


class LlmCall(Model):
    """A line of the trace: one request, its prompt and answers with personal data redacted."""

    seq: int = Field(ge=1)
    prompt_id: str
    prompt_sha: str
    request_sha: str
    model: str
    outcome: Outcome
    error: str = ""
    """Code of the failure; empty where there was none."""
    attempts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    ms: int = Field(ge=0)
    messages: tuple[dict[str, str], ...]
    answers: tuple[str, ...]
