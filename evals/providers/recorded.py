"""Recorded answers: what a model said once, by the hash of what it was asked, as JSON Lines.

A request that was not recorded is a failure, never a guess: after a change to a prompt the answers are recorded anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tools.failure import ToolFailure
from tools.vocabulary import Model as Frozen

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog
    from inspect_ai.model import ChatMessage, GenerateConfig
    from inspect_ai.tool import ToolInfo

RECORDED = Path(__file__).parent.parent / "recorded"
CHOSEN = ("temperature", "seed", "max_tokens", "num_choices")


class Recorded(Frozen):
    """One answer: `output` is inspect's `ModelOutput` in JSON, `seconds` what it took when it was recorded."""

    sha: str
    model: str
    seconds: float
    output: dict[str, Any]


def question_sha(input: Sequence[ChatMessage], tools: Sequence[ToolInfo], config: GenerateConfig) -> str:
    """SHA-256 of everything that an answer depends on, apart from the model."""
    said = [[m.role, m.text, [[c.function, c.arguments] for c in getattr(m, "tool_calls", None) or ()]] for m in input]
    offered = [tool.model_dump(mode="json", exclude_none=True) for tool in tools]
    form = config.response_schema.model_dump(mode="json", exclude_none=True) if config.response_schema else None
    what = [said, offered, form, [getattr(config, name) for name in CHOSEN]]
    return hashlib.sha256(json.dumps(what, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def recordings(logs: Iterable[EvalLog]) -> list[Recorded]:
    """Every answer in the logs that a model gave, once, by hash."""
    found: dict[str, Recorded] = {}
    for log in logs:
        for sample in log.samples or []:
            for event in sample.events:
                if event.event != "model" or event.error:
                    continue
                sha = question_sha(event.input, event.tools, event.config)
                output = event.output.model_dump(mode="json", exclude_none=True, exclude={"time", "metadata"})
                found[sha] = Recorded(sha=sha, model=event.model, seconds=event.output.time or 0, output=output)
    return [found[sha] for sha in sorted(found)]


def write_recordings(rows: Iterable[Recorded], path: Path) -> int:
    lines = [row.model_dump_json() for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")
    return len(lines)


def load_recordings(name: str) -> dict[str, Recorded]:
    """By hash. `name` is a file's path, or the name of one of `evals/recorded`.

    Raises:
        ToolFailure: `bad_recording`, where there is none or a line of it is none.
    """
    path = Path(name) if name.endswith(".jsonl") else RECORDED / f"{name}.jsonl"
    try:
        rows = [Recorded.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise ToolFailure("bad_recording", f"`{path}` cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise ToolFailure("bad_recording", f"`{path}` holds no recording: {error.errors()[0]['msg']}") from error
    return {row.sha: row for row in rows}
