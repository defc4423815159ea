"""The report: one HTML page that needs nothing but itself. No script, no outside request, every value escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from agent.report.allocation_view import allocation_view
from agent.report.audience_view import audience_view
from agent.report.brief_view import brief_view
from agent.report.checks_view import checks_view
from agent.report.compare_view import compare_view
from agent.report.copy_view import copy_cells
from agent.report.experiment_view import experiment_view
from agent.report.forecast_view import forecast_view
from agent.report.headline import headline
from agent.report.language import Language, language_of, say, sayer
from agent.report.names import Names
from agent.report.numbers import milliseconds
from agent.report.products_view import products_by_segment
from agent.report.words import offer_words, plain

if TYPE_CHECKING:
    from jinja2 import Environment

    from agent.campaign import Campaign, Status

EDITABLE: tuple[Status, ...] = ("draft", "approved")
WHOLE: tuple[Status, ...] = ("draft", "approved", "exported", "measured")
TEMPLATES = Path(__file__).parent / "templates"


def render_report(campaign: Campaign) -> str:
    """The whole page as text, to be written as UTF-8, in the language of its brief."""
    return environment().get_template("page.jinja").render(_views(campaign, language_of(campaign)))


def render_panel(campaign: Campaign, before: Campaign | None = None, language: Language = "en") -> str:
    """The page's sections without the page around them, for the chat page: with what changed since the version before,
    and where something can be done (a line of copy edited, a segment looked at), the handles for it.
    """
    views = _views(campaign, language)
    live = {"editable": campaign.status in EDITABLE, "live": campaign.status in WHOLE}
    changes = compare_view(before, campaign) if before is not None else None
    return environment().get_template("sections.jinja").render(views | live | {"changes": changes})


def _views(campaign: Campaign, language: Language = "en") -> dict[str, object]:
    names = Names.of(campaign)
    allocation = allocation_view(campaign.allocation, names, language) if campaign.allocation else None
    return {
        "t": sayer(language),
        "language": language,
        "editable": False,
        "live": False,
        "changes": None,
        "campaign": campaign,
        "head": headline(campaign, names, language),
        "brief": brief_view(campaign.brief, campaign.turns),
        "audience": audience_view(campaign.audience, names) if campaign.audience else None,
        "products": products_by_segment(campaign, names),
        "offers": [(offer_words(one, names.money), one) for one in campaign.offers],
        "forecast": forecast_view(campaign, names),
        "allocation": allocation,
        # The one value that is not escaped: `svg.clean` built it from an allow-list.
        "curve": Markup(allocation.curve) if allocation else "",  # noqa: S704
        "copy": copy_cells(campaign, names),
        "checks": checks_view(campaign),
        "test": experiment_view(campaign.experiment, names.money) if campaign.experiment else None,
        "plan_sha": campaign.plan_sha(),
    }  # fmt: skip


@cache
def environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(plain=plain, milliseconds=milliseconds, say=say)
    return environment
