"""Closer looks: a segment with ten of its members, the budget with another amount, two plans side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse

from agent.api.auth import PlannerReads, Viewer
from agent.api.campaigns import CampaignId
from agent.api.planned import row_of, standing
from agent.api.state import TheApi
from agent.web.environment import HEADERS, PRIVATE, PageLanguage, rendered
from agent.web.history import version_of
from tools.failure import ToolFailure

router = APIRouter(include_in_schema=False)
Lang = Annotated[PageLanguage, Query()]
Other = Annotated[str, Query(max_length=64)]
Number = Annotated[int | None, Query(ge=1, le=100_000)]
MEMBERS = 10
MOST_MINOR = 10**12


@router.get("/segment/{campaign_id}/{segment_id}", response_class=HTMLResponse)
def segment(
    api: TheApi,
    _caller: PlannerReads,
    campaign_id: CampaignId,
    segment_id: Annotated[str, InPath(max_length=64)],
    lang: Lang = "en",
) -> Response:
    """A segment's profile and SQL, and ten members without anything that leads back to a person."""
    from agent.conversation.members import sample
    from agent.editing import planned_work
    from agent.report.audience_view import segment_view
    from agent.report.names import Names
    from tools.segments.compile import to_sql
    from tools.segments.filter import AllOf

    shelved = standing(api, campaign_id)
    part = shelved.campaign.audience
    chosen = next((one for one in part.segments if one.segment_id == segment_id), None) if part else None
    if part is None or chosen is None:
        raise ToolFailure("no_segment", f"`{campaign_id}` has no segment {segment_id!r}")
    names = Names.of(shelved.campaign)
    with api.shop() as deps:
        work = planned_work(shelved.campaign, shelved.folder, deps)
        both = AllOf(of=(part.filter, chosen.filter))
        sql = to_sql(both, deps.store, shelved.campaign.today)
        members = sample(work, frozenset([segment_id]), MEMBERS, names.money.currency or "USD")
    view = segment_view(chosen, part.size, names, names.money.currency or "XXX")
    return HTMLResponse(rendered("segment.jinja", lang, one=view, sql=sql, members=members), headers=PRIVATE)


@router.get("/budget/{campaign_id}", response_class=HTMLResponse)
def budget(
    api: TheApi,
    _caller: PlannerReads,
    campaign_id: CampaignId,
    minor: Annotated[int, Query(ge=0, le=MOST_MINOR)],
    lang: Lang = "en",
) -> Response:
    """The plan with another budget: what it would spend and bring, who would be contacted. Nothing is kept."""
    from markupsafe import Markup

    from agent.conversation.whatif import other_budget
    from agent.editing import planned_work
    from agent.report.allocation_view import allocation_view
    from agent.report.names import Names

    shelved = standing(api, campaign_id)
    names = Names.of(shelved.campaign)
    with api.shop() as deps:
        work = planned_work(shelved.campaign, shelved.folder, deps)
        try:
            part = other_budget(work, minor).allocation
        except ToolFailure as failure:
            if failure.code != "infeasible":
                raise
            nothing = {"view": None, "why": failure.message, "spend": "", "margin": ""}
            return HTMLResponse(rendered("budget.jinja", lang, **nothing), headers=HEADERS)
    now = shelved.campaign.allocation
    assert part is not None
    assert now is not None
    view = allocation_view(part, names, lang)
    told = {
        "budget": names.money(part.budget_minor),
        "spend": names.money(part.spend_minor),
        "margin": names.money(part.objective),
        "more": names.money(part.objective - now.objective),
        "gains": part.objective > now.objective,
        "same": round(part.objective) == round(now.objective),
    }
    # The one value that is not escaped: `svg.clean` built it from an allow-list.
    curve = Markup(view.curve)  # noqa: S704
    return HTMLResponse(rendered("budget.jinja", lang, view=view, curve=curve, why="", **told), headers=HEADERS)


@router.get("/outcome/{campaign_id}", response_class=HTMLResponse)
def outcome(api: TheApi, _caller: Viewer, campaign_id: CampaignId, lang: Lang = "en") -> Response:
    """The readout of a campaign, as its own page without scripts."""
    from agent.report.names import Names
    from agent.report.readout import render_readout
    from agent.shelf import read
    from tools.experiment.readout_types import ReadoutPart

    folder = Path(row_of(api, campaign_id)[0].folder)
    path = folder / "readout.json"
    if not path.is_file():
        raise ToolFailure("no_file", f"`{campaign_id}` has no readout yet")
    names = Names.of(read(folder, campaign_id).campaign).segments
    part = ReadoutPart.model_validate_json(path.read_bytes())
    return HTMLResponse(render_readout(part, names, lang), headers=PRIVATE)


@router.get("/compare", response_class=HTMLResponse)
def compare(
    api: TheApi,
    _caller: Viewer,
    old: Other,
    new: Other,
    old_version: Number = None,
    new_version: Number = None,
    lang: Lang = "en",
) -> Response:
    """Two campaigns, or two versions of one, side by side: what is not the same in them."""
    from agent.report.compare_view import compare_view

    view = compare_view(version_of(api, old, old_version), version_of(api, new, new_version))
    return HTMLResponse(rendered("compare.jinja", lang, view=view), headers=HEADERS)
