"""Export: an approved plan, checked once more against its approval, written in a format, once.

The order is what makes a crash harmless: the effect's key is entered first, the folder is written whole or not at all,
then one transaction records files, status and event, and `campaign.json` follows. Whoever repeats an export that was
cut off writes the same bytes and records them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.shelf import Shelved, alone, put_status, sha256_of
from agent.steps.quiet import send_hours
from tools.failure import ToolFailure
from tools.launch.exporters.registry import exporter
from tools.launch.windows import SEND_HOURS

if TYPE_CHECKING:
    import pandas as pd

    from agent.campaign import Campaign, Data
    from agent.deps import Deps
    from agent.ledger.ledger import Ledger
    from agent.ledger.tables import ApprovalRow
    from tools.launch.exporters.types import Exporter, ExportInput

MANIFEST = "manifest.json"
"""Written last; it vouches for the other files of an export."""


@dataclass(frozen=True)
class Exported:
    campaign: Campaign
    folder: Path
    format: str
    files: dict[str, str]
    """File → SHA-256, the manifest left out."""


def export(shelved: Shelved, format_name: str, out: Path, deps: Deps, ledger: Ledger) -> Exported:
    """Write the approved campaign's files into `out` and record it.

    Raises:
        ToolFailure: `unknown_format`; `not_approved`; `changed_after_approval`; `package_changed`; `shop_changed`;
            `out_taken`; and what the format's exporter raises. Nothing is written then.
        OSError: `out` cannot be written.
    """
    make = exporter(format_name)
    with alone(deps.settings.home, shelved.campaign.campaign_id):
        return _export(shelved, format_name, make, out, deps, ledger)


def _export(shelved: Shelved, format_name: str, make: Exporter, out: Path, deps: Deps, ledger: Ledger) -> Exported:
    from tools.launch.files import write_folder

    approval, secret = verified(shelved, ledger)
    _free(out, shelved.campaign.campaign_id, format_name)
    writers = make(export_input(shelved, deps, secret))
    key = _begin(ledger, approval, format_name)
    head = {
        "campaign_id": shelved.campaign.campaign_id,
        "format": format_name,
        "plan_sha": approval.plan_sha,
        "approver": approval.approver,
        "approved_at": approval.at.isoformat(),
    }
    names = tuple(writers)
    write_folder(out, {**writers, MANIFEST: lambda path: _manifest(path, head, names)})
    files = {name: sha256_of(out / name) for name in names}
    _record(ledger, shelved.campaign.campaign_id, key, format_name, files)
    return Exported(put_status(shelved, "exported"), out, format_name, files)


def export_key(campaign_id: str, plan_sha: str, format_name: str) -> str:
    return f"export:{campaign_id}:{plan_sha[:32]}:{format_name}"


def _begin(ledger: Ledger, approval: ApprovalRow, format_name: str) -> str:
    """Enter the export's key while the approval still stands; from now on the plan cannot be changed any more."""
    from agent.ledger import outbox
    from agent.ledger.approvals import standing
    from agent.ledger.campaigns import known

    key = export_key(approval.campaign_id, approval.plan_sha, format_name)
    with ledger.write() as session:
        known(session, approval.campaign_id)
        now = standing(session, approval.campaign_id)
        if now is None or now.approval_id != approval.approval_id:
            message = f"`{approval.campaign_id}` has changed since {approval.approver} approved it"
            raise ToolFailure("changed_after_approval", message, campaign_id=approval.campaign_id)
        outbox.begin(session, key, "export", ledger.now())
    return key


def verified(shelved: Shelved, ledger: Ledger) -> tuple[ApprovalRow, bytes]:
    """The standing approval, which the plan and the package's files still are, and the campaign's secret.

    A plan that has changed is entered as a new version, which voids its approval.

    Raises:
        ToolFailure: `not_approved`; `changed_after_approval`; `package_changed` with the file.
    """
    from agent.ledger.approvals import standing
    from agent.ledger.campaigns import locked, settle

    campaign_id = shelved.campaign.campaign_id
    with ledger.write() as session:
        row, approval = locked(session, campaign_id), standing(session, campaign_id)
        if row is None or approval is None:
            message = f"`{campaign_id}` is not approved; nothing leaves without approval (`briefsmith approve`)"
            raise ToolFailure("not_approved", message, campaign_id=campaign_id)
        secret, changed = bytes(row.secret), approval.plan_sha != shelved.campaign.plan_sha()
        if changed:
            settle(session, shelved.campaign, shelved.folder, ledger.now())
    if changed:
        message = f"`{campaign_id}` has changed since {approval.approver} approved it; it needs a new approval"
        raise ToolFailure("changed_after_approval", message, campaign_id=campaign_id)
    for name, digest in approval.files.items():
        path = shelved.folder / name
        if not path.is_file() or sha256_of(path) != digest:
            message = f"`{path}` is not the file that was approved; plan the brief again to restore it"
            raise ToolFailure("package_changed", message, file=name)
    return approval, secret


def export_input(shelved: Shelved, deps: Deps, secret: bytes) -> ExportInput:
    """What an exporter is given, from the package's own files and the shop's customers.

    Raises:
        ToolFailure: `shop_changed` where the shop's data are not those of the plan: consent may have been withdrawn.
    """
    import pandas as pd

    from agent.terms import plan_terms
    from tools.launch.exporters.types import ExportInput

    campaign, info = shelved.campaign, deps.store.info
    data: Data | None = campaign.data
    if data is None or data.content_sha != info.content_sha:
        message = "the shop's data have changed since this was planned: addresses and consent may too; plan it again"
        raise ToolFailure("shop_changed", message, campaign_id=campaign.campaign_id)
    audience = pd.read_parquet(shelved.folder / "audience.parquet")
    customers = deps.store.frame("customers")
    terms = plan_terms(campaign.brief, info, deps.settings)
    return ExportInput(
        campaign_id=campaign.campaign_id,
        audience=audience,
        messages=_messages(shelved.folder / "messages.csv"),
        customers=customers[customers["customer_id"].isin(audience["customer_id"])].reset_index(drop=True),
        copies=campaign.copies,
        offers=campaign.offers,
        products=campaign.products,
        sender=info.sender,
        market=info.market,
        currency=info.currency,
        today=campaign.today,
        window=terms.window,
        secret=secret,
        hours=send_hours(campaign.brief.quiet_hours) or SEND_HOURS,
    )


def _messages(path: Path) -> pd.DataFrame:
    """The messages as they are sent: a part that a channel does not have is null, and text is no longer made inert."""
    import pandas as pd

    from tools.launch.files import FORMULA_STARTS

    frame = pd.read_csv(path, dtype=str, keep_default_na=False)

    def plain(cell: str) -> str | None:
        return (cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell) or None

    return frame.map(plain)


def _free(out: Path, campaign_id: str, format_name: str) -> None:
    """An export goes into a folder that is new, empty, or holds this very export."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        found = json.loads((out / MANIFEST).read_bytes())
        if (found["campaign_id"], found["format"]) == (campaign_id, format_name):
            return
    except (OSError, ValueError, KeyError, TypeError):
        pass
    message = f"`{out}` holds something else already; name a folder that is new or empty"
    raise ToolFailure("out_taken", message, out=str(out))


def _manifest(path: Path, head: dict[str, Any], names: tuple[str, ...]) -> None:
    files = {
        name: {"sha256": sha256_of(path.parent / name), "bytes": (path.parent / name).stat().st_size} for name in names
    }
    path.write_text(json.dumps({**head, "files": files}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _record(ledger: Ledger, campaign_id: str, key: str, format_name: str, files: dict[str, str]) -> None:
    """In one transaction: the effect is done, the status moves, the event is told; a repeat changes nothing."""
    from agent.ledger import outbox
    from agent.ledger.campaigns import known, move
    from agent.ledger.events import append

    at = ledger.now()
    with ledger.write() as session:
        row = known(session, campaign_id)
        if not outbox.done(session, key, {"format": format_name, "files": files}, at):
            return
        if row.status != "exported":
            move(row, "exported", at)
        append(session, campaign_id, "exported", {"format": format_name, "files": files}, at)
