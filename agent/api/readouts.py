"""The readout over HTTP: results come in as a file or as JSON rows; what the campaign caused goes out.

A file is written to the disk as it arrives, never held in memory. What is refused names its rows and changes nothing.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field, ValidationError
from starlette.concurrency import run_in_threadpool

from agent.api.answer import Answer
from agent.api.auth import Caller, Planner, Viewer
from agent.api.campaigns import REPORT_POLICY, CampaignId
from agent.api.idempotency import IdempotencyKey, replayed_or
from agent.api.models import EXAMPLE_ID, Day
from agent.api.planned import row_of, standing
from agent.api.problems import invalid
from agent.api.state import Api, TheApi
from agent.api.strict import FILE_KINDS, parse
from agent.campaign import Status
from tools.experiment.readout_types import ReadoutPart
from tools.failure import ToolFailure
from tools.vocabulary import Model

if TYPE_CHECKING:
    from agent.readout.options import ReadoutOptions
    from agent.readout.run import ReadOut

router = APIRouter(prefix="/v1/campaigns", tags=["campaigns"])
MOST_ROWS = 5_000_000
ROWS = "rows.parquet"
"""What JSON rows are kept as; nobody sent a file of that name."""
Cell = Annotated[str, Field(max_length=1_000)] | int | float | bool | None
Row = dict[Annotated[str, Field(max_length=100)], Cell]


class Results(Model):
    """What came back, a row a customer or a row an order; the columns are those of docs/measurement.md."""

    rows: tuple[Row, ...] | None = Field(
        default=None,
        examples=[
            [
                {"customer_id": "1001", "sent": True, "ordered_at": "2017-12-03T10:00:00Z", "amount": 24.5},
                {"customer_id": "1002", "sent": True},
            ]
        ],
    )
    """Null: orders are read from the shop itself."""


class Asked(Model):
    """How to read it."""

    control: str | None = Field(default=None, max_length=200, description="The arm that was left without contact.")
    by: str | None = Field(default=None, max_length=200, description="Customer attribute to read segments by.")
    covariate: str | None = Field(default=None, max_length=200, description="Numeric attribute from before, for CUPED.")
    cost: float | None = Field(default=None, ge=0, le=1e12, description="Sending in all, in the shop's currency.")
    until: Day | None = Field(default=None, description="Last day of the results, for a planned early look.")
    map: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=40)] = Field(
        default_factory=list, description="COLUMN=NAME of the file, e.g. amount=paid."
    )


class Reading(Model):
    """The readout as it was written. `appended`: customers that the shop's `contacts` now hold of the campaign."""

    campaign_id: str = Field(examples=[EXAMPLE_ID])
    status: Status = Field(examples=["measured"])
    appended: int
    readout: ReadoutPart


EXAMPLE_CSV = "customer_id,sent,ordered_at,order_id,amount\n1001,yes,2017-12-03T10:00:00Z,r1,24.50\n1002,yes,,,\n"
BODY = {
    "requestBody": {
        "description": "JSON rows within the limit of a body, or a CSV or Parquet file as it is.",
        "required": False,
        "content": {
            "application/json": {"schema": Results.model_json_schema()},
            "text/csv": {"schema": {"type": "string"}, "example": EXAMPLE_CSV},
            "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/{campaign_id}/readout", response_model=Reading, openapi_extra=BODY)
async def read_out(
    api: TheApi,
    caller: Planner,
    request: Request,
    campaign_id: CampaignId,
    asked: Annotated[Asked, Query()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Read what an exported campaign caused; its customers become history to learn from. A repeat reads the same."""
    await run_in_threadpool(row_of, api, campaign_id)
    with tempfile.TemporaryDirectory(prefix="briefsmith-") as folder:
        path = await _received(request, Path(folder))
        return await run_in_threadpool(_answered, api, caller, campaign_id, asked, path, idempotency_key)


@router.get("/{campaign_id}/readout", response_model=ReadoutPart)
def get_readout(api: TheApi, _caller: Viewer, campaign_id: CampaignId) -> Response:
    """The last readout, an early look too."""
    return Response(_file(api, campaign_id, "readout.json").read_bytes(), media_type="application/json")


@router.get("/{campaign_id}/readout/report", response_class=HTMLResponse)
def get_readout_report(api: TheApi, _caller: Viewer, campaign_id: CampaignId) -> Response:
    """The last readout as one page without scripts."""
    page = _file(api, campaign_id, "readout.html").read_text(encoding="utf-8")
    return HTMLResponse(page, headers={"Content-Security-Policy": REPORT_POLICY})


def _file(api: Api, campaign_id: str, name: str) -> Path:
    row, _ = row_of(api, campaign_id)
    path = Path(row.folder) / name
    if not path.is_file():
        raise ToolFailure("no_file", f"`{campaign_id}` has no readout yet")
    return path


async def _received(request: Request, folder: Path) -> Path | None:
    """The results as a file in `folder`; null where there are none. The middleware limits bytes and seconds."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FILE_KINDS:
        return await run_in_threadpool(_rows, await request.body(), folder)
    path = folder / f"results.{FILE_KINDS[kind]}"
    with path.open("wb") as file:
        async for piece in request.stream():
            await run_in_threadpool(file.write, piece)
    await run_in_threadpool(_no_bomb, path)
    return path


def _no_bomb(path: Path) -> None:
    """A Parquet file of a few bytes can hold any number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix != ".parquet":
        return
    try:
        rows = pq.read_metadata(path).num_rows
    except (pa.ArrowInvalid, OSError):
        return  # no Parquet at all: whoever reads it says so
    if rows > MOST_ROWS:
        raise ToolFailure("body_large", f"a results file has at most {MOST_ROWS:,} rows, this one {rows:,}")


def _rows(body: bytes, folder: Path) -> Path | None:
    """JSON rows as a Parquet file of texts, whose rows count from 1 as those of the body do."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows = Results.model_validate(parse(body)).rows if body else None
    except ValidationError as error:
        raise invalid(error.errors(), "body") from error
    if rows is None:
        return None
    names = list(dict.fromkeys(name for row in rows for name in row)) or ["customer_id"]
    cells = {name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in names}
    pq.write_table(pa.table(cells), folder / ROWS)
    return folder / ROWS


def _text(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return None if cell is None else str(cell)


def _answered(api: Api, caller: Caller, campaign_id: str, asked: Asked, path: Path | None, key: str | None) -> Response:
    sha = hashlib.sha256(path.read_bytes()).hexdigest() if path else None
    request = ["POST", "readout", campaign_id, asked.model_dump(mode="json"), sha]

    def act() -> Answer:
        standing(api, campaign_id)
        row, _ = row_of(api, campaign_id)
        done = _read(api, row.folder, asked, path)
        row, _ = row_of(api, campaign_id)
        facts = {"campaign_id": campaign_id, "status": row.status, "appended": done.appended, "readout": done.part}
        return Answer(200, Reading.model_validate(facts).model_dump(mode="json"), {})

    return replayed_or(api.ledger, caller, key, request, act)


def _read(api: Api, folder: str, asked: Asked, path: Path | None) -> ReadOut:
    """One readout at a time, on deps of its own: searches and exports go on meanwhile."""
    from agent.readout.run import read_out_campaign

    with api.reading() as deps:
        try:
            return read_out_campaign(folder, _options(asked, path, deps.store.info.currency), deps)
        except ToolFailure as failure:
            raise _without_place(failure, path) from failure


def _options(asked: Asked, path: Path | None, currency: str) -> ReadoutOptions:
    from agent.readout.options import ReadoutOptions
    from tools.money import to_minor

    return ReadoutOptions(
        results=path,
        mapping=_mapping(asked.map),
        control=asked.control,
        by=asked.by,
        covariate=asked.covariate,
        cost_minor=None if asked.cost is None else to_minor(asked.cost, currency),
        until=asked.until,
    )


def _mapping(words: Sequence[str]) -> dict[str, str]:
    from tools.shop.results import RESULTS

    named = {column.strip(): name.strip() for column, _, name in (word.partition("=") for word in words)}
    wrong = [column for column, name in named.items() if not name or RESULTS.column(column) is None]
    if wrong or len(named) < len(words):
        message = f"`map` is COLUMN=NAME, each column once, of the columns {', '.join(RESULTS.names)}"
        raise ToolFailure("bad_mapping", message, mapping=wrong)
    return named


def _without_place(failure: ToolFailure, path: Path | None) -> ToolFailure:
    """Where the file lay on this machine is nobody's business: its name stands instead."""
    if path is None:
        return failure
    said = "the body" if path.name == ROWS else path.name
    told: dict[str, Any] = {name: said if value == str(path) else value for name, value in failure.detail.items()}
    message = failure.message.replace(str(path), said)
    if failure.code == "missing_column":  # what the command line says is no help here
        there, column = ", ".join(map(str, told["found"])), told["column"]
        message = f"{said} has no column `{column}`; it has {there}: name it in the query, map={column}=NAME"
    return ToolFailure(failure.code, message, **told)
