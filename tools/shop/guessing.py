"""`import --guess`, and what an import says of a file that looks like a finished test and was not called one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.contract import CUSTOMERS
from tools.shop.duck import describe
from tools.shop.guess import Guess, guess_test
from tools.shop.sources import load

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOOKED_AT = "guess"


@dataclass(frozen=True)
class Given:
    """What an import was told: --map, --set and --control."""

    mapping: Mapping[str, str]
    constants: Mapping[str, str]
    control: str | None = None

    @property
    def targets(self) -> dict[str, str]:
        """Contract column → the file's column, or the name of a value that no column has."""
        return {**{target: f"--set {target}" for target in self.constants}, **self.mapping}


def guessed(con: DuckDBPyConnection, sources: Mapping[str, Path], given: Given) -> tuple[Given, str]:
    """What was given, completed by the guess; and the guess in words.

    Raises:
        ToolFailure: `no_guess` where the file does not look like a test; those of `load`.
    """
    found = _look(con, sources, given)
    if found is None:
        path = _test_file(sources)
        message = (
            f"{path or 'the folder'} does not look like a finished test: that needs a column of arms (2 to 10 values, "
            "filled throughout) and one of what customers did, both named so that they can be told; map them: "
            "--map contacts.arm=NAME --map contacts.converted=NAME"
        )
        raise ToolFailure("no_guess", message, file=str(path))
    mapping = {**found.mapping, **given.mapping}
    control = given.control if given.control is not None else found.control
    constants = {**found.constants, **given.constants}
    said = f"taken by guess: {found.words}; correct it with --map, --set and --control"
    return Given(mapping, constants, control), said


def advice(con: DuckDBPyConnection, sources: Mapping[str, Path], source: Path | None, given: Given) -> str | None:
    """How to bring the file in as a finished test; null where it does not look like one."""
    found = _look(con, sources, given)
    path = _test_file(sources)
    if found is None or path is None:
        return None
    named = f"arms {', '.join(f'{arm} {count:,}' for arm, count in found.arms.items())}"
    asks = ["`sent_at` is the day it began", "leave `randomised` out where the arms were not drawn by lot"]
    if found.control is None:
        asks.append("--control names the arm that was left without contact")
    return (
        f"{path.name} looks like a finished test ({named}). To bring it in as one: "
        f"{found.command(source or path, given.targets)} ({'; '.join(asks)}). --guess stands for: {found.words}"
    )


def with_advice(
    failure: ToolFailure, con: DuckDBPyConnection, sources: Mapping[str, Path], source: Path | None, given: Given
) -> ToolFailure:
    """The same failure, and how to bring the file in if it is a test."""
    if failure.code != "missing_column" or _test_file(sources) is None:
        return failure
    words = advice(con, sources, source, given)
    if words is None:
        return failure
    return ToolFailure(failure.code, f"{failure.message}. {words}", **failure.detail)


def _test_file(sources: Mapping[str, Path]) -> Path | None:
    """A single file of customers, or the contacts of a folder."""
    return sources["customers"] if tuple(sources) == (CUSTOMERS.name,) else sources.get("contacts")


def _look(con: DuckDBPyConnection, sources: Mapping[str, Path], given: Given) -> Guess | None:
    path = _test_file(sources)
    if path is None:
        return None
    con.execute(f"DROP VIEW IF EXISTS file_{LOOKED_AT}")
    load(con, LOOKED_AT, path)
    relation = f"file_{LOOKED_AT}"
    columns = [name for name in describe(con, relation) if name != "source_row"]
    found = guess_test(con, relation, columns, given.targets)
    if found is None:
        return None
    mapping, person = dict(found.mapping), found.mapping.get("customers.customer_id")
    if tuple(sources) != (CUSTOMERS.name,) and person is not None:
        del mapping["customers.customer_id"]
        mapping["contacts.customer_id"] = person
    constants = dict(found.constants)
    if "contacts.campaign_id" not in {*mapping, *given.targets}:
        stem = path.stem if path.stem != "contacts" else path.resolve().parent.name
        constants["contacts.campaign_id"] = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:64] or "test"
    return replace(found, mapping=mapping, constants=constants)
