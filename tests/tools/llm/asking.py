"""A client against a server of ours on loopback, with short deadlines."""

from pathlib import Path
from typing import Any

from evals.servers.protocol import Server
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.types import Answer, Ask, LlmConfig


def config(*urls: str, **settings: Any) -> LlmConfig:
    quick = {"call_seconds": 2.0, "silence_seconds": 1.5, "attempts": 2, "max_seconds": 20.0}
    return LlmConfig(base_urls=urls, model="test-model", **{**quick, **settings})


def ask(text: str = "angle: ease", **changes: Any) -> Ask:
    base: dict[str, Any] = {"schema": "copy_sms", "max_tokens": 100}
    return Ask(({"role": "user", "content": text},), "test", "sha", **{**base, **changes})


def once(
    server: Server, asked: Ask, *, account: Account | None = None, cache: Path | None = None, **settings: Any
) -> Answer:
    made = config(server.url, **settings)
    return LlmClient(made, cache).run(account or Account(made), lambda session: session.ask(asked))
