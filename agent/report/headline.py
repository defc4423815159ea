"""The first screen: what is planned, for whom, what it costs, what it is expected to bring and on what basis."""

from dataclasses import dataclass
from datetime import date

from agent.campaign import Campaign
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


def headline(campaign: Campaign, names: Names) -> Headline:
    goal = campaign.brief.fields.goal
    return Headline(
        title=GOAL[goal] if goal else "Campaign",
        sentence=_sentence(campaign),
        status=campaign.status,
        status_words=STATUS[campaign.status],
        tiles=tuple(_tiles(campaign, names)),
    )


def basis_of(campaign: Campaign) -> Basis:
    """The weakest basis of the cells that the plan contacts, or of all where none is contacted."""
    cells = campaign.allocation.cells if campaign.allocation else ()
    planned = {(one.segment_id, one.channel, one.offer_id) for one in cells if one.customers}
    used = [one.basis for one in campaign.forecast if (one.segment_id, one.channel, one.offer_id) in planned]
    return weakest(used or [one.basis for one in campaign.forecast])


def _sentence(campaign: Campaign) -> str:
    cells = [one for one in campaign.allocation.cells if one.customers] if campaign.allocation else []
    if not cells:
        return f"No contact is planned. {campaign.problem.title}" if campaign.problem else "No contact is planned."
    contacts = sum(one.customers for one in cells)
    channels = [CHANNEL[one] for one in dict.fromkeys(cell.channel for cell in cells)]
    segments = len({one.segment_id for one in cells})
    fields = campaign.brief.fields
    when = f", {_days(fields.start, fields.end)}" if fields.start and fields.end else ""
    groups = "segment" if segments == 1 else "segments"
    times = "contact" if contacts == 1 else "contacts"
    return f"{count(contacts)} {times} in {segments} {groups} by {listed(channels)}{when}."


def _days(start: date, end: date) -> str:
    first = f"{start.day} {start:%B}" + ("" if start.year == end.year else f" {start.year}")
    return f"{first} to {end.day} {end:%B} {end.year}"


def _tiles(campaign: Campaign, names: Names) -> list[Tile]:
    tiles = []
    if campaign.audience:
        segments = len(campaign.audience.segments)
        groups = "segment" if segments == 1 else "segments"
        note = "can be contacted, after every step of the funnel"
        tiles.append(Tile("Audience", count(campaign.audience.size), f"{note}; {segments} {groups}"))
    if campaign.allocation:
        tiles += _money_tiles(campaign.allocation, basis_of(campaign), names)
    if campaign.experiment:
        held = sum(one.customers for one in campaign.experiment.arms if one.name == "holdout")
        measured = campaign.experiment.measurable
        why = "so that the effect can be measured" if measured else "though so few cannot show the effect expected"
        tiles.append(Tile("Held out", count(held), f"never contacted, {why}"))
    return tiles


def _money_tiles(part: AllocationPart, basis: Basis, names: Names) -> list[Tile]:
    share = f", {percent(part.spend_minor / part.budget_minor)} of it" if part.budget_minor else ""
    return [
        Tile(
            "Spend",
            names.money(part.spend_minor),
            f"of a budget of {names.money(part.budget_minor)}{share}, with what the discounts will cost",
        ),
        Tile(GAIN[basis], names.money(part.objective), f"against contacting nobody; {BASIS[basis]}"),
    ]
