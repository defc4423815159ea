"""The page, its files, and the campaign as HTML. What the page changes goes through `/v1` and `agent.web.wording`."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import Field

from agent.api.auth import Viewer
from agent.api.campaigns import CampaignId
from agent.api.planned import shown
from agent.api.state import TheApi
from agent.web import history, looks, wording
from agent.web.environment import HEADERS, HERE, PageLanguage, rendered, words
from tools.failure import ToolFailure
from tools.vocabulary import Model

router = APIRouter(include_in_schema=False)
for part in (history, looks, wording):
    router.include_router(part.router)
SCRIPTS = ("page", "net", "talk", "money", "copy", "looks", "list")
FILES = {"page.css": "text/css", **{f"{name}.js": "text/javascript" for name in SCRIPTS}}


@router.get("/", response_class=HTMLResponse)
@router.get("/c/{campaign_id}", response_class=HTMLResponse)
def page(request: Request, lang: Annotated[PageLanguage | None, Query()] = None) -> Response:
    """The page itself: no data in it, so anyone who reaches the server may have it."""
    language = lang or _preferred(request.headers.get("accept-language", ""))
    told = json.dumps(words()[language])
    new = "campaign_id" not in request.path_params
    return HTMLResponse(rendered("page.html.jinja", language, told=told, new=new), headers=HEADERS)


def _preferred(header: str) -> PageLanguage:
    return "zh" if header.strip().lower().startswith("zh") else "en"


@router.get("/static/{name}")
def static(name: Annotated[str, InPath(max_length=40)]) -> Response:
    """A file of the page."""
    if name not in FILES:
        raise ToolFailure("no_file", f"the page has no file {name!r}")
    return FileResponse(HERE / "static" / name, media_type=FILES[name], headers=HEADERS)


@router.get("/panel/{campaign_id}", response_class=HTMLResponse)
def panel(
    api: TheApi, _caller: Viewer, campaign_id: CampaignId, lang: Annotated[PageLanguage, Query()] = "en"
) -> Response:
    """The campaign as the report shows it, without the page around it; every value escaped."""
    from agent.report.render import render_panel
    from agent.web.history import version_of

    campaign = shown(api, campaign_id)
    before = version_of(api, campaign_id, campaign.version - 1) if campaign.version > 1 else None
    return HTMLResponse(render_panel(campaign, before, language=lang), headers=HEADERS)


class Problem(Model):
    """What the server said against something."""

    text: str = Field(max_length=4000)


@router.post("/in-words")
def in_words(_caller: Viewer, body: Problem, lang: Annotated[PageLanguage, Query()] = "en") -> Problem:
    """A problem's sentence in the page's language: the API says it in English to everyone."""
    from agent.report.language import sayer

    return Problem(text=sayer(lang)(body.text))


@router.get("/formats")
def formats(_caller: Viewer) -> list[str]:
    """What an approved campaign can be exported as."""
    from tools.launch.exporters.registry import EXPORTERS

    return sorted(EXPORTERS)
