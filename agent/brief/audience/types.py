"""A condition on the customer as one reader found it."""

from dataclasses import dataclass

from agent.brief.page import Span
from tools.segments.filter import Bought, Filter, Scope


@dataclass(frozen=True)
class Found:
    """`filter` is who the words mean. `loose` is the wider reading, which an exclusion takes (it then leaves more out).

    `vague` names the measure whose number was not given ("lapsed": recency); `noun` marks a group named by a noun
    ("dog owners"), which "and" joins as alternatives.
    """

    where: Span
    filter: Filter
    loose: Filter | None = None
    vague: str | None = None
    noun: bool = False
    note: str | None = None
    rest: bool = False
    """Everyone else."""
    turned: bool = False
    """The negation before the words is in `filter` already ("never used a coupon")."""
    measure: str | None = None
    """recency · value · frequency · newness · recent: what this condition gives a number for."""


def unresolved(phrase: str) -> Bought:
    """A condition that nobody can compile until the phrase has been resolved: the audience fails closed."""
    return Bought(scope=Scope(terms=(" ".join(phrase.split())[:120],)))
