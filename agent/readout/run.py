"""`readout`: what a campaign caused. The command line and the API call this.

Everything is checked and computed before anything is written. Then: the customers' rows into `contacts` (a new version
of the shop), the files of the readout, the ledger's status and event, and `campaign.json` last. Each of these can be
repeated, so a reading that was cut off is finished by reading again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.readout.options import ReadoutOptions
from agent.readout.own import Measured, measure_own
from agent.readout.past import measure_past
from agent.shelf import Shelved, find
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.deps import Deps
    from agent.report.language import Language
    from tools.experiment.readout_types import ReadoutPart

READABLE = ("exported", "measured")
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
FILES = ("readout.html", "readout.json")


@dataclass(frozen=True)
class ReadOut:
    """The readout as it was written, and what became of the shop."""

    part: ReadoutPart
    folder: Path
    own: bool
    """Whether the campaign was planned here."""
    appended: int
    """Rows of the campaign in the shop's `contacts` that this and earlier readings of it wrote."""


def read_out_campaign(name: str, options: ReadoutOptions, deps: Deps) -> ReadOut:
    """Read out a campaign that was planned here, by its id or folder, or one of `contacts`.

    Raises:
        ToolFailure: `not_exported`; those of `measure_own` and `measure_past`. Nothing is changed then.
        OSError: the files cannot be written.
    """
    from agent.report.language import language_of

    shelved = _planned(name, deps)
    if shelved is None:
        measured = measure_past(name, options, deps)
        folder = options.out or deps.settings.home / "readouts" / folder_name(name)
        write_files(measured.part, folder, {})
        return ReadOut(measured.part, folder, own=False, appended=0)
    _must_be_exported(shelved, deps)
    measured = measure_own(shelved, options, deps)
    names, language = _segment_names(shelved), language_of(shelved.campaign)
    if is_interim(measured.part):
        write_files(measured.part, options.out or shelved.folder, names, language)
        return ReadOut(measured.part, options.out or shelved.folder, own=True, appended=0)
    appended, note = _append(measured, shelved, deps)
    part = measured.part.model_copy(update={"notes": (*measured.part.notes, *note)})
    write_files(part, options.out or shelved.folder, names, language)
    _record(shelved, part, deps)
    return ReadOut(part, options.out or shelved.folder, own=True, appended=appended)


def is_interim(part: ReadoutPart) -> bool:
    """Whether this is a look before the end: it is shown, and neither measures the campaign nor teaches the shop."""
    return part.look is not None and part.look.look < part.look.looks


def _segment_names(shelved: Shelved) -> dict[str, str]:
    segments = shelved.campaign.audience.segments if shelved.campaign.audience else ()
    return {one.segment_id: one.name for one in segments}


def folder_name(name: str) -> str:
    """A folder's name for a campaign whose id came in with the shop's data: itself only where it is harmless."""
    return name if SAFE_NAME.fullmatch(name) else f"campaign-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _planned(name: str, deps: Deps) -> Shelved | None:
    """The campaign as planned here; null where there is no such folder and `contacts` has to know it."""
    try:
        return find(deps.settings.home, name)
    except ToolFailure as failure:
        if failure.code != "no_campaign":
            raise
        return None


def _must_be_exported(shelved: Shelved, deps: Deps) -> None:
    """By the ledger, whose status is the truth."""
    from agent.ledger.campaigns import locked

    campaign_id = shelved.campaign.campaign_id
    with deps.ledger.read() as session:
        row = locked(session, campaign_id)
        status = row.status if row is not None else "not known to the ledger"
    if status not in READABLE:
        message = f"`{campaign_id}` is {status.replace('_', ' ')}; only a campaign that was exported can be read out"
        raise ToolFailure("not_exported", message, campaign=campaign_id, status=status)


def _append(measured: Measured, shelved: Shelved, deps: Deps) -> tuple[int, tuple[str, ...]]:
    """The customers into `contacts`; a campaign that an import brought stays as the import brought it."""
    from agent.readout.contacts import contact_rows
    from tools.shop.appending import append_contacts

    campaign_id = shelved.campaign.campaign_id
    try:
        done = append_contacts(deps.settings.home, campaign_id, contact_rows(measured))
    except ToolFailure as failure:
        if failure.code != "campaign_imported":
            raise
        return 0, (f"{failure.message}; nothing was added",)
    return done.rows, ()


def write_files(part: ReadoutPart, folder: Path, names: Mapping[str, str], language: Language = "en") -> None:
    """`readout.html`, then `readout.json`, each whole or not there."""
    from agent.report.readout import render_readout
    from tools.launch.files import write_folder

    page, text = render_readout(part, names, language), part.model_dump_json(indent=2) + "\n"
    write_folder(
        folder,
        {
            "readout.html": lambda path: _write(path, page),
            "readout.json": lambda path: _write(path, text),
        },
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _record(shelved: Shelved, part: ReadoutPart, deps: Deps) -> None:
    """The status `measured` and its event, then `campaign.json` with the readout."""
    from agent.ledger.campaigns import known, move
    from agent.ledger.events import append
    from tools.shop.layout import write_whole

    at = deps.ledger.now()
    facts = {"source": part.source, "source_sha": part.source_sha, "basis": part.basis}
    with deps.ledger.write() as session:
        move(known(session, shelved.campaign.campaign_id), "measured", at)
        append(session, shelved.campaign.campaign_id, "measured", facts, at)
    made = shelved.campaign.model_copy(update={"status": "measured", "readout": part})
    write_whole(shelved.folder / "campaign.json", (made.model_dump_json(indent=2, by_alias=True) + "\n").encode())
