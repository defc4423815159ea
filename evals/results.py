"""A run's results: a row a case and epoch, and what the run was of. Framework-free, so that they outlive the runner.

A folder holds `run.json` (the header) and `rows.jsonl`; the header is written last and vouches for the rows.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

from pydantic import Field, ValidationError

from tools.failure import ToolFailure
from tools.vocabulary import Model

HEADER, ROWS = "run.json", "rows.jsonl"


class Row(Model):
    """One case in one epoch. A score is in [0, 1], more is better; null is *unscored*: a verdict nobody could read."""

    task: str
    case_id: str
    epoch: int = Field(ge=1)
    slice: str
    cluster: str
    scores: dict[str, float | None]
    output: str = ""
    detail: str = ""
    """What was wrong, in words."""
    error: str | None = None
    prompts: dict[str, str] = Field(default_factory=dict)
    """Prompt id → hash of what a model was asked for this row; empty where none was."""
    calls: int = Field(default=0, ge=0)
    """Of a model, those served from a cache left out."""
    cached: int = Field(default=0, ge=0)
    tokens: int = Field(default=0, ge=0)
    cost: float = Field(default=0, ge=0)
    """In the currency of the settings' prices."""
    latency: float = Field(default=0, ge=0)
    """Seconds that the calls took, summed; of a replay those of the recording."""
    seconds: float = Field(default=0, ge=0)
    """Of the whole case."""

    @property
    def key(self) -> tuple[str, str, int]:
        return self.task, self.case_id, self.epoch


class TaskInfo(Model):
    name: str
    cases: int = Field(ge=0)
    epochs: int = Field(ge=1)
    data_sha: str
    metrics: tuple[str, ...]
    prompts: tuple[str, ...] = ()
    """Ids of the prompts that a model's answer rests on."""


class Header(Model):
    """What was run, on which data, with which prompts."""

    target: str
    deterministic: bool
    """The same target on the same case gives the same answer, so that every difference is a real one."""
    tasks: tuple[TaskInfo, ...]
    judge: str = ""
    """The model that judged and the hash of its rubric (`judge_id`); empty where none did."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """Prompt id → hash of the version that was served."""
    started_at: datetime
    seconds: float = Field(ge=0)
    rows_sha: str = ""


class Run(Model):
    header: Header
    rows: tuple[Row, ...]

    def missing(self) -> int:
        """Rows that the header promises and that are not there."""
        return sum(task.cases * task.epochs for task in self.header.tasks) - len(self.rows)

    def task(self, name: str) -> TaskInfo | None:
        return next((task for task in self.header.tasks if task.name == name), None)


def write_run(run: Run, folder: Path) -> Run:
    """Write the rows, then the header, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(row.model_dump_json() + "\n" for row in run.rows)
    sha = hashlib.sha256(lines.encode()).hexdigest()
    made = run.model_copy(update={"header": run.header.model_copy(update={"rows_sha": sha})})
    _put(folder / ROWS, lines)
    _put(folder / HEADER, made.header.model_dump_json(indent=2) + "\n")
    return made


KEPT_OUTPUT = 400


def slim(run: Run) -> Run:
    """The run as a baseline keeps it: outputs cut to what a reader of a difference needs, no times."""
    rows = tuple(row.model_copy(update={"output": row.output[:KEPT_OUTPUT], "seconds": 0.0}) for row in run.rows)
    return run.model_copy(update={"rows": rows})


def read_run(folder: Path) -> Run:
    """Read a run's folder.

    Raises:
        ToolFailure: `bad_run`, with the file that is missing, cut off or not of this format.
    """
    try:
        header = Header.model_validate_json((folder / HEADER).read_text(encoding="utf-8"))
        text = (folder / ROWS).read_text(encoding="utf-8")
        rows = tuple(Row.model_validate_json(line) for line in text.splitlines() if line)
    except OSError as error:
        raise ToolFailure("bad_run", f"`{error.filename}` cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise ToolFailure("bad_run", f"`{folder}` is no run of this format: {error.errors()[0]['msg']}") from error
    if hashlib.sha256(text.encode()).hexdigest() != header.rows_sha:
        raise ToolFailure("bad_run", f"the rows of `{folder}` are not those that its header was written for")
    return Run(header=header, rows=rows)


def _put(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
