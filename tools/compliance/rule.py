"""A rule's dated data: the schema of `rules/<id>.yaml`, and the loading of them all."""

import hashlib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field, JsonValue

from tools.compliance.types import Severity
from tools.vocabulary import Channel, Market, Model

REVIEW_DAYS = 365
"""A rule that nobody has reviewed for longer warns."""


class Rule(Model):
    """One rule's data file."""

    id: str = Field(pattern=r"^[A-Z]{2}-[A-Z]{2,3}-\d{2}$|^[a-z_]+$")
    title: str
    scope: Literal["message", "plan", "set"]
    """What its function reads: one rendered message, the plan and its audience, or a set of variants."""
    markets: tuple[Market | Literal["all"], ...] = Field(min_length=1)
    channels: tuple[Channel, ...] = ()
    """Channels that it concerns; empty: every one."""
    effective_from: date
    """Before this day a failure is only a warning, whatever the severity."""
    effective_until: date | None = None
    """The last day; afterwards the rule is not applicable."""
    source: str
    """The text that the rule comes from, in words."""
    reference: str
    """Where that text stands: citation or address."""
    severity: Severity
    exemption: str = ""
    """What is exempt, and by which fact of the context."""
    reviewed_on: date
    verified: bool
    """False: the figure or reading was noted from memory and waits for a lawyer's eye."""
    note: str = ""
    params: dict[str, JsonValue] = Field(default_factory=dict)

    def concerns(self, market: Market) -> bool:
        return market == "XX" or "all" in self.markets or market in self.markets

    def verdict_market(self, market: Market) -> Market:
        """The market whose rule this is, for a recipient whose market is not known."""
        own = self.markets[0]
        return market if market in self.markets or own == "all" else own

    def stale(self, today: date) -> bool:
        return (today - self.reviewed_on).days > REVIEW_DAYS

    def sha(self) -> str:
        return hashlib.sha256(self.model_dump_json(include={"id", "params", "severity"}).encode()).hexdigest()


@cache
def rules() -> dict[str, Rule]:
    """Every rule's data by id, in the order of their ids.

    Raises:
        pydantic.ValidationError: for a data file that does not fit the schema, which is our bug.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Rule] = {}
    folder = files("tools.compliance") / "rules"
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if entry.name.endswith(".yaml"):
            rule = Rule.model_validate(yaml.load(entry.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506
            if entry.name != f"{rule.id}.yaml":
                raise ValueError(f"`{entry.name}` holds rule `{rule.id}`: name the file after its rule")
            found[rule.id] = rule
    return found
