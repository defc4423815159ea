"""Campaigns over HTTP: post a brief, look, approve, export. No domain logic: the same functions as the CLI's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from agent.api.admission import full
from agent.api.answer import Answer
from agent.api.auth import Approver, Caller, Planner, PlannerReads, Viewer
from agent.api.batch import New
from agent.api.document import PLACE, PLAN_SHA, REPLAYED
from agent.api.idempotency import IdempotencyKey, once, once_in, replayed_or, request_sha
from agent.api.models import (
    EXAMPLE_ID,
    Accepted,
    Approval,
    CampaignList,
    Export,
    Listed,
    NewApproval,
    NewCampaign,
    NewExport,
    NewTurn,
)
from agent.api.planned import row_of, shown, standing
from agent.api.state import Api, TheApi
from agent.campaign import Campaign, Status
from agent.telemetry import traced
from tools.failure import ToolFailure
from tools.vocabulary import Model

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from agent.ledger.tables import JobKind

router = APIRouter(prefix="/v1/campaigns", tags=["campaigns"])
CampaignId = Annotated[str, Path(max_length=64, examples=[EXAMPLE_ID])]
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


@router.post("", status_code=202, response_model=Accepted, responses={202: {"headers": {**PLACE, **REPLAYED}}})
async def post_campaign(
    api: TheApi, caller: Planner, request: Request, body: NewCampaign, idempotency_key: IdempotencyKey = None
) -> Response:
    """Accept a brief. It is planned by a worker; watch `events`, or look at the campaign until it is not `planning`."""
    made, payload = await run_in_threadpool(_asked, api, body)
    same = _same(request, body.model_dump(mode="json"))

    def accept(session: Session) -> Answer:
        return _accepted(made, _enqueue(api, session, made, payload))

    one = once_in(api.ledger, caller, idempotency_key, same, accept)
    answer = await api.batches.write(one, _new(api, caller, idempotency_key, same, made, payload))
    return answer.response()


def _asked(api: Api, body: NewCampaign) -> tuple[str, dict[str, Any]]:
    """The campaign's id, and what its job has to know."""
    from agent.workspace import campaign_id

    deps = api.deps()
    today = body.today or deps.today()
    made = campaign_id(body.brief, today, deps)
    asked = {"brief": body.brief, "today": today.isoformat(), "planner": body.planner, "writer": body.writer}
    return made, asked | traced()


def _new(api: Api, caller: Caller, key: str | None, same: list[Any], made: str, payload: dict[str, Any]) -> New:
    from agent.ledger.intake import Newcomer
    from agent.shelf import campaign_folder

    answer = _accepted(made, "planning")
    folder = str(campaign_folder(api.settings.home, made).absolute())
    sha = request_sha(key, same)
    rows = Newcomer(made, folder, payload, caller.principal, key, sha, answer.status, answer.body)
    return New(rows, answer)


def _accepted(campaign_id: str, status: Status) -> Answer:
    link = f"/v1/campaigns/{campaign_id}"
    answer = Accepted(campaign_id=campaign_id, status=status, links={"self": link, "events": f"{link}/events"})
    return Answer(202, answer.model_dump(mode="json"), {"Location": link})


def _enqueue(api: Api, session: Session, campaign_id: str, payload: dict[str, Any]) -> Status:
    """The status that holds: a campaign that is planned, or being planned, is not planned again.

    Where the folder of a draft is gone (it was written elsewhere by `--out` and deleted), it is planned anew.
    """
    from pathlib import Path as Folder

    from agent.ledger import campaigns, jobs
    from agent.shelf import campaign_folder

    home = campaign_folder(api.settings.home, campaign_id)
    row = campaigns.enter(session, campaign_id, home, api.ledger.now())
    if jobs.open_job(session, campaign_id) is not None:
        return "planning"
    there = (Folder(row.folder) / "campaign.json").is_file()
    if row.status != "planning" and (there or row.status in ("approved", "exported", "measured")):
        return cast(Status, row.status)
    if not there:
        row.folder, row.status = str(home.absolute()), "planning"
    queue(api, session, campaign_id, "plan", payload)
    return "planning"


def queue(api: Api, session: Session, campaign_id: str, kind: JobKind, payload: dict[str, Any]) -> None:
    """Add a job, within the queue's bound; the caller holds the campaign's row."""
    from agent.ledger import events, jobs

    at = api.ledger.now()
    if jobs.waiting(session) >= api.settings.max_queue:
        raise full(api.settings.max_queue)
    jobs.enqueue(session, campaign_id, kind, payload if "trace" in payload else payload | traced(), at)
    events.append(session, campaign_id, "accepted", {"job": kind}, at)


class Paged(Model):
    """Which page; a parameter that is not here is refused."""

    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = Field(default=None, max_length=64, description="`next` of the page before.")


@router.get("")
def list_campaigns(api: TheApi, _caller: Viewer, asked: Annotated[Paged, Query()]) -> CampaignList:
    """The campaigns of the ledger, newest first."""
    from agent.ledger.campaigns import page

    with api.ledger.read() as session:
        rows = page(session, asked.limit + 1, asked.after)
    listed = tuple(
        Listed(
            campaign_id=row.campaign_id,
            status=row.status,
            version=version.number if version else None,
            plan_sha=version.plan_sha if version else None,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row, version in rows[: asked.limit]
    )
    return CampaignList(campaigns=listed, next=listed[-1].campaign_id if len(rows) > asked.limit else None)


@router.get("/{campaign_id}", response_model=Campaign, responses={200: {"headers": PLAN_SHA}})
def get_campaign(api: TheApi, _caller: Viewer, campaign_id: CampaignId) -> Response:
    """The campaign object. The header `Plan-Sha` is what an approval is for."""
    campaign = shown(api, campaign_id)
    headers = {} if campaign.status == "planning" else {"Plan-Sha": campaign.plan_sha()}
    return Response(campaign.model_dump_json(by_alias=True), media_type="application/json", headers=headers)


@router.get("/{campaign_id}/report", response_class=HTMLResponse)
def get_report(api: TheApi, _caller: Viewer, campaign_id: CampaignId) -> Response:
    """The report, one page without scripts."""
    path = standing(api, campaign_id).folder / "report.html"
    if not path.is_file():
        raise ToolFailure("no_file", f"`{campaign_id}` has no report: it is not a draft")
    return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": REPORT_POLICY})


@router.post(
    "/{campaign_id}/revise",
    status_code=202,
    response_model=Accepted,
    responses={202: {"headers": {**PLACE, **REPLAYED}}},
)
def revise_campaign(
    api: TheApi,
    caller: Planner,
    request: Request,
    campaign_id: CampaignId,
    body: NewTurn,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Say something to a planned campaign: a change makes a new version, which voids an approval of the old one."""

    def accept(session: Session) -> Answer:
        from agent.ledger import campaigns

        campaigns.known(session, campaign_id)
        sha = standing(api, campaign_id).campaign.plan_sha()
        if body.plan_sha not in (None, sha):
            raise ToolFailure("sha_mismatch", "the plan has changed since it was shown; look at it again")
        queue(api, session, campaign_id, "revise", {"text": body.text, "plan_sha": sha})
        return _accepted(campaign_id, "planning")

    row_of(api, campaign_id)
    return once(api.ledger, caller, idempotency_key, _same(request, body.model_dump(mode="json")), accept)


@router.post("/{campaign_id}/approve", response_model=Approval, responses={200: {"headers": REPLAYED}})
def approve_campaign(
    api: TheApi,
    caller: Approver,
    request: Request,
    campaign_id: CampaignId,
    body: NewApproval,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Approve exactly the plan with this hash, once."""
    from agent.approval import prepared, record
    from agent.shelf import put_status

    if caller.name is not None and body.approver not in (None, caller.name):
        raise ToolFailure("wrong_role", f"this key approves as {caller.name} and as nobody else")
    approver = caller.name or body.approver
    if approver is None:
        raise ToolFailure("bad_name", "say who approves: `approver`")
    row_of(api, campaign_id)

    def act(session: Session) -> Answer:
        shelved = standing(api, campaign_id)
        done = record(session, shelved, prepared(shelved, approver, body.plan_sha), api.ledger.now())
        answer = Approval(
            campaign_id=campaign_id, status="approved", plan_sha=done.plan_sha, approver=done.approver, at=done.at
        )
        return Answer(200, answer.model_dump(mode="json"), {})

    response = once(api.ledger, caller, idempotency_key, _same(request, body.model_dump(mode="json")), act)
    row, _ = row_of(api, campaign_id)
    if row.status == "approved":
        put_status(standing(api, campaign_id), "approved")
    return response


@router.post("/{campaign_id}/export", response_model=Export, responses={200: {"headers": REPLAYED}})
def export_campaign(
    api: TheApi,
    caller: Planner,
    request: Request,
    campaign_id: CampaignId,
    body: NewExport,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Write an approved campaign's files in a format; a repeat writes and answers the same."""
    from agent.export import export

    def act() -> Answer:
        shelved = standing(api, campaign_id)
        with api.shop() as deps:
            done = export(shelved, body.format, api.export_folder(campaign_id, body.format), deps, api.ledger)
        base = f"/v1/campaigns/{campaign_id}/exports/{body.format}"
        files = tuple({"name": name, "sha256": sha, "url": f"{base}/{name}"} for name, sha in done.files.items())
        answer = {"campaign_id": campaign_id, "status": done.campaign.status, "format": done.format, "files": files}
        return Answer(200, Export.model_validate(answer).model_dump(mode="json"), {})

    row_of(api, campaign_id)
    return replayed_or(api.ledger, caller, idempotency_key, _same(request, body.model_dump(mode="json")), act)


@router.get("/{campaign_id}/exports/{format_name}/{name}", response_class=FileResponse)
def get_export(
    api: TheApi,
    _caller: PlannerReads,
    campaign_id: CampaignId,
    format_name: Annotated[str, Path(max_length=40, examples=["csv"])],
    name: Annotated[str, Path(max_length=100, examples=["messages.csv"])],
) -> Response:
    """A file of an export."""
    from agent.export import MANIFEST
    from tools.launch.exporters.registry import exporter

    row_of(api, campaign_id)
    exporter(format_name)
    folder = api.export_folder(campaign_id, format_name)
    there = {path.name for path in folder.iterdir()} if (folder / MANIFEST).is_file() else set()
    if name not in there:
        raise ToolFailure("no_file", f"the export has no file {name!r}")
    return FileResponse(folder / name, filename=name, media_type="application/octet-stream")


def _same(request: Request, body: Any) -> list[Any]:
    return [request.method, request.url.path, body]
