"""A guess at what the columns of a finished test are, for a person to confirm: never taken unasked.

A column is taken for an outcome, the arm or the identifier only where both its name and its values say so. What no file
can say (the day it was sent, whether the arms were drawn by lot) stays the person's to state.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.shop.arms import arms_left_alone, left_alone
from tools.shop.duck import scalar_int, sql_name, sql_text
from tools.shop.marks import DATED, WORDS
from tools.shop.numbers import COMMA_DECIMAL, PLAIN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_ARMS = 10
NAMES: dict[str, tuple[str, ...]] = {
    "customers.customer_id": ("customerid", "userid", "clientid", "memberid", "custid", "customer", "user", "id"),
    "contacts.campaign_id": ("campaignid", "campaign"),
    "contacts.arm": (
        *("arm", "testgroup", "treatmentgroup", "experimentgroup", "abgroup", "treatment", "variant", "variation"),
        *("group", "cell", "assignment", "bucket", "condition", "segment", "treated", "istreated"),
    ),
    "contacts.sent_at": ("sentat", "sent", "sentdate", "senddate", "mailedat", "mailed", "date", "timestamp"),
    "contacts.propensity": ("propensity",),
    "contacts.opened": ("opened", "open", "openedat"),
    "contacts.clicked": ("clicked", "click", "clickedat"),
    "contacts.redeemed": ("redeemed", "redemption", "redeemedat", "couponused"),
    "contacts.visited": ("visited", "visit", "visits", "visitedat", "visitedsite", "sitevisit"),
    "contacts.converted": (
        *("converted", "conversion", "conversions", "convertedat", "purchased", "purchase", "bought", "ordered"),
        *("buyer", "convert"),
    ),
    "contacts.revenue": ("revenue", "spend", "spent", "sales", "amount", "ordervalue", "purchaseamount", "gmv"),
}
"""Contract column → what files call it, likeliest first; without case, signs, a leading is/has/did and a currency."""
OUTCOMES = ("opened", "clicked", "redeemed", "visited", "converted", "revenue")
CHANNELS = {"email": r"e-?mail|mail", "sms": r"sms|text", "push": r"push"}
DAY = "YYYY-MM-DD"


@dataclass(frozen=True)
class Guess:
    """What a test's file would be imported as.

    Attributes:
        arms: arm → customers; none where the arms were mapped already.
        control: the arm that was left without contact; null where no name says so.
    """

    mapping: Mapping[str, str]
    constants: Mapping[str, str]
    arms: Mapping[str, int]
    control: str | None

    @property
    def words(self) -> str:
        """The guess as it would be typed."""
        options = [f"--map {target}={source}" for target, source in self.mapping.items()]
        options += [f"--set {target}={value}" for target, value in self.constants.items()]
        options += [f"--control {self.control}"] if self.control is not None else []
        return " ".join(shlex.join(option.split(" ", 1)) for option in options)

    def command(self, source: Path, given: Mapping[str, str]) -> str:
        """How to take it, with what the person has to state."""
        parts = ["briefsmith", "import", str(source), "--guess"]
        if not {"contacts.sent_at"} & {*self.mapping, *given}:
            parts += ["--set", f"contacts.sent_at={DAY}"]
        if "contacts.channel" not in {*self.constants, *self.mapping, *given}:
            parts += ["--set", "contacts.channel=email"]
        if "contacts.randomised" not in {*self.mapping, *given}:
            parts += ["--set", "contacts.randomised=yes"]
        if self.arms and self.control is None:
            parts += ["--control", "ARM"]
        return shlex.join(parts)


def guess_test(con: DuckDBPyConnection, relation: str, columns: list[str], given: Mapping[str, str]) -> Guess | None:
    """What `relation` would be as a finished test; null where it has no arms or no outcome.

    Args:
        columns: of the relation, without the row number.
        given: what --map and --set state already: it is not guessed again, and its columns are not taken twice.
    """
    taken = {source.casefold() for source in given.values()}
    free = {_folded(name): name for name in reversed(columns) if name.casefold() not in taken}
    mapping: dict[str, str] = {}
    for target, names in NAMES.items():
        if target in given or f"{target}_at" in given:
            continue
        found = next((free[name] for name in names if name in free and _fits(con, relation, free[name], target)), None)
        if found is not None and found not in mapping.values():
            mapping[target] = found
    arm = mapping.get("contacts.arm") or given.get("contacts.arm")
    outcomes = [name for name in OUTCOMES if {f"contacts.{name}", f"contacts.{name}_at"} & {*mapping, *given}]
    if arm is None or not outcomes or arm not in columns:
        return None
    arms = _arms(con, relation, arm)
    named = arms_left_alone(list(arms))
    channel = _channel(arms)
    constants = {"contacts.channel": channel} if channel and "contacts.channel" not in given else {}
    return Guess(mapping, constants, arms, named[0] if len(named) == 1 else None)


def _folded(name: str) -> str:
    folded = re.sub(r"[^a-z0-9]", "", name.casefold())
    folded = re.sub(r"(usd|eur|gbp|cny|flag)$", "", folded) or folded
    return re.sub(r"^(is|has|did)(?=[a-z]{4})", "", folded) if folded != "istreated" else folded


def _fits(con: DuckDBPyConnection, relation: str, column: str, target: str) -> bool:
    """Whether the cells can be what the name says."""
    cell = f"nullif(trim({sql_name(column)}::VARCHAR), '')"
    rows, filled, distinct = con.execute(
        f"SELECT count(*), count({cell}), count(DISTINCT {cell}) FROM {sql_name(relation)}"
    ).fetchall()[0]
    if not filled:
        return False
    kind = target.partition(".")[2]
    if kind == "customer_id":
        return bool(rows == filled == distinct)
    if kind == "arm":
        return bool(rows == filled) and 2 <= distinct <= MOST_ARMS
    if kind == "campaign_id":
        return bool(rows == filled)
    if kind in ("revenue", "propensity"):
        number = f"regexp_full_match({cell}, {sql_text(PLAIN)}) OR regexp_full_match({cell}, {sql_text(COMMA_DECIMAL)})"
        return scalar_int(con, f"SELECT count(*) FILTER ({number}) FROM {sql_name(relation)}") == int(filled)
    time = f"regexp_matches({cell}, {sql_text(DATED)})"
    mark = "false" if kind == "sent_at" else f"lower({cell}) IN {WORDS}"
    return scalar_int(con, f"SELECT count(*) FILTER ({time} OR {mark}) FROM {sql_name(relation)}") == int(filled)


def _arms(con: DuckDBPyConnection, relation: str, column: str) -> dict[str, int]:
    cell = f"trim({sql_name(column)}::VARCHAR)"
    found = con.execute(
        f"SELECT {cell}, count(*) FROM {sql_name(relation)} WHERE {cell} <> '' GROUP BY 1 ORDER BY 1 LIMIT {MOST_ARMS}"
    ).fetchall()
    return {str(arm): int(count) for arm, count in found}


def _channel(arms: Mapping[str, int]) -> str | None:
    """The one channel that the names of the contacted arms tell of."""
    words = " ".join(arm.casefold() for arm in arms if not left_alone(arm))
    found = [channel for channel, pattern in CHANNELS.items() if re.search(pattern, words)]
    return found[0] if len(found) == 1 else None
