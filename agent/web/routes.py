"""The page, its files, and the campaign as HTML. Everything else the page does goes through `/v1`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse, HTMLResponse

from agent.api.auth import Viewer
from agent.api.campaigns import CampaignId
from agent.api.planned import shown
from agent.api.state import TheApi
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from jinja2 import Environment

router = APIRouter(include_in_schema=False)
HERE = Path(__file__).parent
FILES = {"page.css": "text/css", "page.js": "text/javascript"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""No script in the page itself and none from elsewhere; nothing is loaded from other hosts."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
PageLanguage = Literal["en", "zh"]


@router.get("/", response_class=HTMLResponse)
@router.get("/c/{campaign_id}", response_class=HTMLResponse)
def page(request: Request, lang: Annotated[PageLanguage | None, Query()] = None) -> Response:
    """The page itself: no data in it, so anyone who reaches the server may have it."""
    language = lang or _preferred(request.headers.get("accept-language", ""))
    words = _words()[language]
    text = _environment().get_template("page.html.jinja").render(words=words, language=language, told=json.dumps(words))
    return HTMLResponse(text, headers=HEADERS)


def _preferred(header: str) -> PageLanguage:
    return "zh" if header.strip().lower().startswith("zh") else "en"


@router.get("/static/{name}")
def static(name: Annotated[str, InPath(max_length=40)]) -> Response:
    """A file of the page."""
    if name not in FILES:
        raise ToolFailure("no_file", f"the page has no file {name!r}")
    return FileResponse(HERE / "static" / name, media_type=FILES[name], headers=HEADERS)


@router.get("/panel/{campaign_id}", response_class=HTMLResponse)
def panel(api: TheApi, _caller: Viewer, campaign_id: CampaignId) -> Response:
    """The campaign as the report shows it, without the page around it; every value escaped."""
    from agent.report.render import render_panel

    return HTMLResponse(render_panel(shown(api, campaign_id)), headers=HEADERS)


@router.get("/formats")
def formats(_caller: Viewer) -> list[str]:
    """What an approved campaign can be exported as."""
    from tools.launch.exporters.registry import EXPORTERS

    return sorted(EXPORTERS)


@cache
def _words() -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.safe_load((HERE / "words.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader([HERE / "templates", HERE.parent / "report" / "templates"])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
