"""An answer in words, each of its figures traced to where it stands in the campaign object."""

from __future__ import annotations

from typing import Any, Literal

from agent.campaign import Campaign
from tools.money import format_money
from tools.vocabulary import Model

Unit = Literal["count", "money", "fraction", "number"]


class Figure(Model):
    """A figure that an answer states. `path` leads to it in `source`: the campaign object, or that of a what-if."""

    source: Literal["campaign", "what_if"]
    path: str
    unit: Unit
    value: float | int | None


class Told:
    """Gathers lines and figures. A figure is only ever stated by looking it up, so it cannot be made up."""

    def __init__(self, campaign: Campaign, about: str = "", supposed: Campaign | None = None) -> None:
        self.campaign = campaign
        self.about = about
        """The words of the question, which may name a segment or a channel."""
        self.currency = campaign.data.currency if campaign.data else "USD"
        self.lines: list[str] = []
        self.figures: list[Figure] = []
        self._objects: dict[str, Any] = {"campaign": campaign.model_dump(mode="json", by_alias=True)}
        if supposed is not None:
            self._objects["what_if"] = supposed.model_dump(mode="json", by_alias=True)

    def say(self, line: str) -> None:
        self.lines.append(line)

    def money(self, path: str, source: Literal["campaign", "what_if"] = "campaign") -> str:
        return format_money(round(self._note(source, path, "money") or 0), self.currency)

    def count(self, path: str, source: Literal["campaign", "what_if"] = "campaign") -> str:
        return f"{self._note(source, path, 'count') or 0:,}"

    def share(self, path: str) -> str:
        value = self._note("campaign", path, "fraction")
        return "no" if value is None else f"{value:.1%}"

    def number(self, path: str) -> str:
        value = self._note("campaign", path, "number")
        return "no" if value is None else f"{value:g}"

    def _note(self, source: Literal["campaign", "what_if"], path: str, unit: Unit) -> Any:
        value = look_up(self._objects[source], path)
        figure = Figure(source=source, path=path, unit=unit, value=value)
        if figure not in self.figures:
            self.figures.append(figure)
        return value


def look_up(value: Any, path: str) -> Any:
    """The value at a path of keys and positions joined by dots. Raises `KeyError`, `IndexError` where there is none."""
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value
