"""A case: one input, what is expected of it, and where it came from. JSON Lines, one file a task."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from tools.failure import ToolFailure
from tools.vocabulary import Model

CASES = Path(__file__).parent / "cases"

Split = Literal["dev", "held"]


class Case(Model):
    """One case of a task.

    Cases of one `cluster` share a cause (a brief and its translation, a rule, a product), so they are not independent
    draws: every interval resamples clusters. `slice` is what a report breaks figures down by.
    """

    id: str = Field(min_length=1)
    input: dict[str, Any]
    expected: dict[str, Any]
    slice: str = Field(min_length=1)
    cluster: str = Field(min_length=1)
    provenance: str = Field(min_length=1)
    split: Split = "dev"


def load_cases(task: str, folder: Path = CASES) -> tuple[Case, ...]:
    """The cases of `<folder>/<task>.jsonl`.

    Raises:
        ToolFailure: `bad_cases`, with the file and line that is no case, or the id that stands twice.
    """
    path = folder / f"{task}.jsonl"
    found: dict[str, Case] = {}
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate_json(line)
        except ValidationError as error:
            raise ToolFailure("bad_cases", f"`{path}`, line {at}: {error.errors()[0]['msg']}") from error
        if case.id in found:
            raise ToolFailure("bad_cases", f"`{path}`, line {at}: the id `{case.id}` stands twice")
        found[case.id] = case
    if not found:
        raise ToolFailure("bad_cases", f"`{path}` holds no case")
    return tuple(found.values())


def cases_sha(cases: Iterable[Case]) -> str:
    """SHA-256 of the cases in canonical JSON: two runs are compared only on the same data."""
    digest = hashlib.sha256()
    for case in cases:
        text = json.dumps(case.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        digest.update(text.encode() + b"\n")
    return digest.hexdigest()
