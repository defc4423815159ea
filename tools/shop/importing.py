"""`import`: from the shop's files to its store, whole or not at all."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from tools.failure import ToolFailure
from tools.shop.checking import check
from tools.shop.contract import TABLES
from tools.shop.duck import connection, scalar_int, sql_text
from tools.shop.guessing import Given, advice, guessed, with_advice
from tools.shop.onefile import stage_one_file, tables_of
from tools.shop.profile import Sender
from tools.shop.report import ImportReport, Progress, silent
from tools.shop.sources import Staged, check_mapping, stage, stage_relation
from tools.shop.writing import Draft, publish
from tools.vocabulary import Market

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def import_shop(
    sources: Mapping[str, Path],
    *,
    home: Path,
    name: str,
    currency: str,
    market: str,
    sender: Sender,
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    control: str | None = None,
    guess: bool = False,
    source: Path | None = None,
    progress: Progress = silent,
) -> ImportReport:
    """Import a shop into `home` from CSV or Parquet files; the same input twice changes nothing.

    Bad rows are set aside with their reasons. Where a file as a whole is not what it should be, nothing is written
    and the shop that was there stays.

    Args:
        sources: table → file; `find_sources` makes it from a folder.
        currency: ISO 4217 code of all amounts.
        market: one of `Market`; XX where it is not known.
        mapping: `orders.amount` → the file's column; `parse_mapping` makes it from words. Where a single file is given
            and a table is named beside the file's own, the file holds them all (`tools.shop.onefile`).
        constants: `contacts.channel` → a value that every row has.
        control: the arm of `contacts` that was left without contact: its rows get the channel `none`.
        guess: take what the columns of a finished test look like for what is not mapped (`tools.shop.guess`).
        source: the folder or file as the person named it, for advice.

    Raises:
        ToolFailure: with the file, row or column concerned, and what to do.
    """
    _check_arguments(sources, currency)
    draft = Draft(name=name, market=_known_market(market), currency=currency, sender=sender)
    given = Given(mapping or {}, constants or {}, control)
    with connection() as con:
        said: tuple[str, ...] = ()
        if guess:
            given, words = guessed(con, sources, given)
            said = (words, *_next_step(given))
        _check_mappings(sources, given)
        try:
            staged = _staged(con, sources, given, progress)
        except ToolFailure as failure:
            if guess:
                raise
            raise with_advice(failure, con, sources, source, given) from failure
        if len(staged) == len(sources) == 1 and not guess:
            hint = advice(con, sources, source, given) if "customers" in sources else None
            said = (hint,) if hint else ()
        return store_checked(con, home, staged, draft, progress, control=given.control, said=said)


def _next_step(given: Given) -> tuple[str, ...]:
    campaign = given.constants.get("contacts.campaign_id")
    return (f"next: briefsmith readout {shlex.quote(campaign)}",) if campaign else ()


def _check_mappings(sources: Mapping[str, Path], given: Given) -> None:
    one = _one_file(sources, given.mapping, given.constants)
    tables = tables_of(given.mapping, given.constants) if one else tuple(sources)
    check_mapping(given.mapping, tables)
    check_mapping(given.constants, tables, "--set")
    twice = next((target for target in given.constants if target in given.mapping), None)
    if twice:
        raise ToolFailure("bad_mapping", f"`{twice}` is given by --map and by --set; give one", mapping=twice)
    if given.control is not None and "contacts" not in tables:
        message = f"--control {given.control!r} names an arm of `contacts`, and no file was given for it"
        raise ToolFailure("bad_mapping", message, control=given.control)


def _staged(con: "DuckDBPyConnection", sources: Mapping[str, Path], given: Given, progress: Progress) -> list[Staged]:
    if _one_file(sources, given.mapping, given.constants):
        progress("Reading the file", 0, 1)
        return stage_one_file(con, sources["customers"], given.mapping, given.constants)
    return _stage_each(con, sources, given.mapping, given.constants, progress)


def _one_file(sources: Mapping[str, Path], mapping: Mapping[str, str], constants: Mapping[str, str]) -> bool:
    """Whether a single file of customers is said to hold other tables too."""
    return tuple(sources) == ("customers",) and len(tables_of(mapping, constants)) > 1


def _stage_each(
    con: "DuckDBPyConnection",
    sources: Mapping[str, Path],
    mapping: Mapping[str, str],
    constants: Mapping[str, str],
    progress: Progress,
) -> list[Staged]:
    staged = []
    ordered = [TABLES[table] for table in TABLES if table in sources]
    for done, table in enumerate(ordered):
        progress(f"Reading {table.name}", done, len(ordered))
        own, fixed = (
            {key.partition(".")[2]: value for key, value in given.items() if key.startswith(f"{table.name}.")}
            for given in (mapping, constants)
        )
        staged.append(stage(con, table, sources[table.name], own, fixed))
    return staged


def store_checked(
    con: "DuckDBPyConnection",
    home: Path,
    staged: list[Staged],
    draft: Draft,
    progress: Progress,
    *,
    control: str | None = None,
    said: tuple[str, ...] = (),
) -> ImportReport:
    """Check staged tables, in the contract's order, and publish them: the one way in, for `import` and `demo` alike.

    Args:
        said: notes that come first.

    Raises:
        ToolFailure: `no_such_arm` for a control that no contact has; those of `check` and `publish`; nothing was
            written then.
    """
    brought = tuple(one.table.name for one in staged)
    notes = [*said, *(note for one in staged for note in one.notes)]
    for done, one in enumerate(staged):
        progress(f"Checking {one.table.name}", done, len(staged))
        checked = check(con, one, brought, draft.currency)
        notes += checked.notes
        if one.table.name == "contacts":
            notes += _arms_as_stated(con, control, checked.bad)
    notes += [f"no `{name}`: {table.without}" for name, table in TABLES.items() if name not in brought]
    if "customers" not in brought:
        _derive_customers(con, brought, draft.currency)
        brought = ("customers", *brought)
    tables = tuple(name for name in TABLES if name in brought)
    return publish(con, home, draft.with_tables(tables, tuple(notes)), progress)


def _arms_as_stated(con: "DuckDBPyConnection", control: str | None, bad: int) -> list[str]:
    """The control's rows get the channel `none`; words on rows that a test has lost.

    Raises:
        ToolFailure: `no_such_arm`.
    """
    notes = []
    if control is not None:
        if not scalar_int(con, f"SELECT count(*) FROM clean_contacts WHERE arm = {sql_text(control)}"):
            found = con.execute("SELECT DISTINCT arm FROM clean_contacts WHERE arm IS NOT NULL ORDER BY 1").fetchall()
            arms = [str(arm) for (arm,) in found][:20]
            message = f"--control {control!r}: `contacts` has no such arm; it has {', '.join(arms) or 'none'}"
            raise ToolFailure("no_such_arm", message, arms=arms)
        con.execute(f"UPDATE parsed_contacts SET channel = 'none' WHERE arm = {sql_text(control)}")
        notes.append(f"contacts: the arm `{control}` was left without contact: its channel is `none`")
    if bad and scalar_int(con, "SELECT count(*) FROM clean_contacts WHERE randomised"):
        notes.append(
            f"contacts: {bad:,} rows of arms that were drawn by lot are set aside: those left need not be alike any "
            "more, so mend these rows and import again before anything is called uplift"
        )
    return notes


def _derive_customers(con: "DuckDBPyConnection", brought: tuple[str, ...], currency: str) -> None:
    """Customers of a shop that brings none: whoever ordered or was contacted."""
    known = " UNION ".join(
        f"SELECT customer_id FROM clean_{name}" for name in ("orders", "contacts") if name in brought
    )
    con.execute(
        f"CREATE TABLE raw_customers AS SELECT row_number() OVER (ORDER BY customer_id) AS source_row, customer_id "
        f"FROM (SELECT DISTINCT customer_id FROM ({known}))"
    )
    check(con, stage_relation(con, TABLES["customers"]), (), currency)


def _check_arguments(sources: Mapping[str, Path], currency: str) -> None:
    unknown = [table for table in sources if table not in TABLES]
    if unknown:
        message = f"there is no table `{unknown[0]}`; a shop has {', '.join(TABLES)}"
        raise ToolFailure("unknown_table", message, table=unknown[0])
    if "orders" not in sources and "customers" not in sources:
        message = "a shop needs at least a file of customers or of orders"
        raise ToolFailure("missing_file", message, given=sorted(sources))
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ToolFailure("bad_currency", f"{currency!r} is not an ISO 4217 code such as USD", currency=currency)


def _known_market(market: str) -> Market:
    known: tuple[Market, ...] = get_args(Market)
    for one in known:
        if one == market:
            return one
    raise ToolFailure("bad_market", f"{market!r} is no market; take one of {', '.join(known)}", market=market)
