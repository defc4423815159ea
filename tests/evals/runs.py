"""Runs made by hand for the tests of compare and gate."""

from collections.abc import Sequence
from datetime import UTC, datetime

from evals.results import Header, Row, Run, TaskInfo


def run(
    scores: Sequence[float | None],
    *,
    target: str = "t",
    deterministic: bool = False,
    data: str = "d",
    slices: Sequence[str] | None = None,
    error: str | None = None,
) -> Run:
    """One task, a case a score; every case is its own cluster."""
    rows = tuple(
        Row(
            task="x",
            case_id=f"c{at}",
            epoch=1,
            slice=slices[at] if slices else "one",
            cluster=f"c{at}",
            scores={"right": score},
            output=f"<b>{target}</b>",
            error=error if at == 0 else None,
        )
        for at, score in enumerate(scores)
    )
    info = TaskInfo(name="x", cases=len(rows), epochs=1, data_sha=data, metrics=("right",))
    header = Header(
        target=target,
        deterministic=deterministic,
        tasks=(info,),
        started_at=datetime(2026, 11, 24, tzinfo=UTC),
        seconds=0,
    )
    return Run(header=header, rows=rows)
