"""What a campaign and a version of one are called: by goal, people and days, not by an id."""

from agent.campaign import Campaign
from agent.report.language import Language, sayer
from agent.report.words import GOAL

LONGEST = 90


def campaign_name(campaign: Campaign, language: Language = "en") -> tuple[str, str]:
    """`Win back lapsed customers`, and beside it `pet owners · Dec 1 – Dec 14, 2017`."""
    t = sayer(language)
    fields = campaign.brief.fields
    name = t(GOAL[fields.goal]) if fields.goal else t("Campaign")
    people = ", ".join(condition.text for condition in fields.audience)
    days = f"{_day(fields.start)} – {_day(fields.end)}" if fields.start and fields.end else ""
    about = " · ".join(part for part in (people, days) if part) or campaign.brief.text
    return name, cut(about)


def version_name(campaign: Campaign, language: Language = "en") -> str:
    """The turn that made the version, the undo, or the brief itself."""
    if campaign.restores is not None:
        return sayer(language)(f"as version {campaign.restores}")
    return cut(campaign.turns[-1] if campaign.turns else campaign.brief.text)


def cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1].rstrip() + "…"


def _day(day: object) -> str:
    return str(day)
