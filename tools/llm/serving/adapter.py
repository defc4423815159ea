"""A voice adapter trained in vLLM's own environment, and put where `make vllm` serves it by name."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.failure import ToolFailure
from tools.llm.serving.place import HERE, Place

FOLDER = "voices"
"""Of the adapters, in BRIEFSMITH_HOME."""
FEWEST = 8
"""Lessons from which a voice can be learned at all; with fewer it is a copy of them."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Trained:
    """Losses are nats a token of the lessons themselves: they say that something was learned, not that it is better."""

    folder: Path
    lessons: int
    steps: int
    loss_before: float
    loss_after: float


def train_adapter(
    place: Place, model: str, lessons: Sequence[Mapping[str, object]], *, name: str, home: Path, steps: int, seed: int
) -> Trained:
    """Fine-tune `model` on chats whose last message is what it should have said.

    Raises:
        ToolFailure: `bad_voice_name`, `voice_exists`, `too_few_lessons`, `no_vllm` where there is no environment,
            `voice_failed` with the trainer's last words.
    """
    target = home / FOLDER / name
    if not _NAME.fullmatch(name):
        raise ToolFailure("bad_voice_name", f"A voice is named in small letters, digits and hyphens, not {name!r}.")
    if target.exists():
        raise ToolFailure("voice_exists", f"There is a voice `{name}` in {target}: take another name, or remove it.")
    if len(lessons) < FEWEST:
        message = f"{len(lessons)} approved messages can be learned from, and a voice needs {FEWEST} at least."
        raise ToolFailure("too_few_lessons", message, lessons=len(lessons))
    if not place.python.exists():
        raise ToolFailure("no_vllm", f"There is no environment to train in at {place.folder}: `make vllm` makes it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "lessons.jsonl"
        written.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lessons), encoding="utf-8")
        line = [str(place.python), str(HERE / "lora.py"), model, str(written), str(target), str(steps), str(seed)]
        # Two threads wait for each other on a busy machine: 10 CPU seconds took 34 s with one, over 200 s with two.
        threads = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
        done = subprocess.run(line, env=os.environ | threads, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = [text for text in done.stderr.splitlines() if text.strip()][-2:]
        raise ToolFailure("voice_failed", f"The voice could not be trained: {' '.join(last)}")
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return Trained(target, told["lessons"], told["steps"], told["loss_before"], told["loss_after"])
