"""The first screen: what is planned, for whom, what it costs, what it is expected to bring and on what basis."""

from dataclasses import dataclass
from datetime import date

from agent.campaign import Campaign
from agent.report.language import Language, Sayer, sayer
from agent.report.names import Names
from agent.report.numbers import count, percent
from agent.report.words import BASIS, CHANNEL, GAIN, GOAL, STATUS, listed, weakest
from tools.budget.types import AllocationPart
from tools.vocabulary import Basis


@dataclass(frozen=True)
class Tile:
    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Headline:
    title: str
    sentence: str
    status: str
    status_words: str
    tiles: tuple[Tile, ...]


def headline(campaign: Campaign, names: Names, language: Language = "en") -> Headline:
    goal = campaign.brief.fields.goal
    return Headline(
        title=GOAL[goal] if goal else "Campaign",
        sentence=_sentence(campaign, language),
        status=campaign.status,
        status_words=STATUS[campaign.status],
        tiles=tuple(_tiles(campaign, names, sayer(language))),
    )


def basis_of(campaign: Campaign) -> Basis:
    """The weakest basis of the cells that the plan contacts, or of all where none is contacted."""
    cells = campaign.allocation.cells if campaign.allocation else ()
    planned = {(one.segment_id, one.channel, one.offer_id) for one in cells if one.customers}
    used = [one.basis for one in campaign.forecast if (one.segment_id, one.channel, one.offer_id) in planned]
    return weakest(used or [one.basis for one in campaign.forecast])


def _sentence(campaign: Campaign, language: Language) -> str:
    t = sayer(language)
    cells = [one for one in campaign.allocation.cells if one.customers] if campaign.allocation else []
    if not cells and campaign.status == "planning":
        return t("It is being planned; what is known by now stands below.")
    if not cells:
        nobody = t("No contact is planned.")
        return f"{nobody} {t(campaign.problem.title)}" if campaign.problem else nobody
    contacts = sum(one.customers for one in cells)
    channels = [t(CHANNEL[one]) for one in dict.fromkeys(cell.channel for cell in cells)]
    segments = len({one.segment_id for one in cells})
    fields = campaign.brief.fields
    when = _days(fields.start, fields.end, language) if fields.start and fields.end else ""
    if language == "zh":
        return f"{when}通过{'、'.join(channels)}联系 {segments} 个细分的 {count(contacts)} 人次。"
    groups = "segment" if segments == 1 else "segments"
    times = "contact" if contacts == 1 else "contacts"
    return f"{count(contacts)} {times} in {segments} {groups} by {listed(channels)}{when and f', {when}'}."


def _days(start: date, end: date, language: Language) -> str:
    if language == "zh":
        first, last = (f"{day.year}年{day.month}月{day.day}日" for day in (start, end))
        return f"{first}至{last}，"
    first = f"{start.day} {start:%B}" + ("" if start.year == end.year else f" {start.year}")
    return f"{first} to {end.day} {end:%B} {end.year}"


def _tiles(campaign: Campaign, names: Names, t: Sayer) -> list[Tile]:
    tiles = []
    if campaign.audience:
        segments = len(campaign.audience.segments)
        groups = t("segment" if segments == 1 else "segments")
        note = t("can be contacted, after every step of the funnel")
        tiles.append(Tile("Audience", count(campaign.audience.size), f"{note}; {segments} {groups}"))
    if campaign.allocation:
        tiles += _money_tiles(campaign.allocation, basis_of(campaign), names, t)
    if campaign.experiment:
        held = sum(one.customers for one in campaign.experiment.arms if one.name == "holdout")
        measured = campaign.experiment.measurable
        why = "so that the effect can be measured" if measured else "though so few cannot show the effect expected"
        tiles.append(Tile("Held out", count(held), t(f"never contacted, {why}")))
    return tiles


def _money_tiles(part: AllocationPart, basis: Basis, names: Names, t: Sayer) -> list[Tile]:
    share = percent(part.spend_minor / part.budget_minor) if part.budget_minor else "–"
    whole = t("of a budget of {budget}, {share} of it, with what the discounts will cost")
    return [
        Tile(
            "Spend",
            names.money(part.spend_minor),
            whole.format(budget=names.money(part.budget_minor), share=share),
        ),
        Tile(GAIN[basis], names.money(part.objective), f"{t('against contacting nobody')}; {t(BASIS[basis])}"),
    ]
