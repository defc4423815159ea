"""Where planned campaigns stand: finding one, its files' digests, and its status put into `campaign.json`."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.campaign import Campaign, Status
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from tools.llm.account import Account

CAMPAIGN_ID = re.compile(r"c-[0-9]{8}-[0-9a-f]{10}")
VOUCHED = ("audience.parquet", "audience.csv", "messages.csv", "report.html")
"""What an approval is for, beside the plan itself; the trace is a record, not a part of what is sent."""


@dataclass(frozen=True)
class Shelved:
    """A campaign as it stands in its folder."""

    campaign: Campaign
    folder: Path

    def digests(self) -> dict[str, str]:
        """File → SHA-256 of what the package holds of `VOUCHED`."""
        files = [self.folder / name for name in VOUCHED if (self.folder / name).is_file()]
        return {path.name: sha256_of(path) for path in files}


def find(home: Path, name: str) -> Shelved:
    """A campaign by its id or its folder, read and validated.

    Raises:
        ToolFailure: `no_campaign`; `bad_campaign` where the file is not one of this version.
    """
    folder = Path(name)
    if not (folder / "campaign.json").is_file() and name == folder.name:
        folder = campaign_folder(home, name)
    return read(folder, name)


def read(folder: Path, name: str) -> Shelved:
    """The campaign of a folder; raises what `find` raises."""
    path = folder / "campaign.json"
    try:
        return Shelved(Campaign.model_validate_json(path.read_bytes()), folder)
    except OSError as error:
        message = f"there is no campaign `{name}`: `{error.filename}`: {error.strerror}"
        raise ToolFailure("no_campaign", message, campaign=name) from error
    except ValueError as error:
        message = f"`{path}` is not a campaign of this version: {error}"
        raise ToolFailure("bad_campaign", message, campaign=name) from error


def campaign_folder(home: Path, campaign_id: str) -> Path:
    return home / "campaigns" / campaign_id


@contextmanager
def alone(home: Path, campaign_id: str) -> Iterator[None]:
    """One at a time writes a campaign, in this process or another; the kernel lets the lock go with its holder."""
    place = home / "locks"
    place.mkdir(parents=True, exist_ok=True)
    with (place / f"{campaign_id}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def put_status(shelved: Shelved, status: Status) -> Campaign:
    """Write the status into `campaign.json`, by a fresh file, fsync and rename; nothing else of the folder changes."""
    if shelved.campaign.status == status:
        return shelved.campaign
    return _put(shelved, shelved.campaign.model_copy(update={"status": status}))


def put_spent(home: Path, shelved: Shelved, account: Account) -> Campaign:
    """What a turn that planned nothing has spent on a model, into the campaign's cost and the trace of its requests."""
    from agent.cost import added

    with alone(home, shelved.campaign.campaign_id):
        found = read(shelved.folder, shelved.folder.name)
        made = _put(found, found.campaign.model_copy(update={"cost": added(found.campaign.cost, account)}))
        with (shelved.folder / "llm.jsonl").open("a+", encoding="utf-8") as lines:
            lines.seek(0)
            ahead = sum(1 for _ in lines)
            for call in account.trace:
                lines.write(call.model_copy(update={"seq": ahead + call.seq}).model_dump_json() + "\n")
    return made


def _put(shelved: Shelved, made: Campaign) -> Campaign:
    from tools.shop.layout import write_whole

    text = made.model_dump_json(indent=2, by_alias=True) + "\n"
    write_whole(shelved.folder / "campaign.json", text.encode())
    return made


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
