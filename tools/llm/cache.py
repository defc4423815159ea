"""Answers by the hash of what was asked: the same cell is never paid for twice, and a new budget makes no call."""

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.llm.types import Answer, Ask, Choice


def request_sha(ask: Ask, model: str) -> str:
    """SHA-256 of everything that the answer depends on."""
    what = [model, ask.messages, ask.schema, ask.tools, ask.n, ask.seed, ask.temperature, ask.max_tokens]
    return hashlib.sha256(json.dumps(what, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Cache:
    """One small file an answer; what cannot be read as one is asked for again."""

    folder: Path

    def get(self, sha: str) -> Answer | None:
        try:
            rows = json.loads(self._path(sha).read_text(encoding="utf-8"))
            choices = tuple(Choice(str(row["text"]), "stop") for row in rows)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return Answer(choices, cached=True) if choices else None

    def put(self, sha: str, answer: Answer) -> None:
        """Keep an answer whose choices are all whole; written beside its place and renamed into it."""
        if not answer.choices or not all(choice.whole and not choice.tool_calls for choice in answer.choices):
            return
        path = self._path(sha)
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [{"text": choice.text} for choice in answer.choices]
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(rows, file, ensure_ascii=False)
        Path(name).replace(path)

    def _path(self, sha: str) -> Path:
        return self.folder / sha[:2] / f"{sha}.json"
