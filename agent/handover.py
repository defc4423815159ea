"""Hand-over: an approved plan brought into a sending system by a connector; without `go` only what would be done.

Order and record are those of an export: the effect's key is entered first and the ledger is told last, so a run that
was cut off is repeated. That a repeat doubles nothing is the connector's promise.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from agent.export import export_input, export_key, verified
from agent.shelf import Shelved, put_status
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.deps import Deps
    from agent.ledger.ledger import Ledger
    from agent.ledger.tables import ApprovalRow
    from tools.launch.connectors.types import Connector, Handover, Outcome


def hand_over(
    shelved: Shelved,
    connector: Connector,
    target: str,
    deps: Deps,
    ledger: Ledger,
    *,
    go: bool = False,
    unique_codes: bool = False,
) -> tuple[Handover, Outcome | None]:
    """What the connector would do, and where it was told to go, what it did.

    Args:
        target: the address of the system, which tells one target from another; it is stored as a hash.

    Raises:
        ToolFailure: what `verified` and `export_input` raise, `nothing_to_export`, `push_running`, and what the
            connector raises. What was taken stays taken; the same call goes on from there.
    """
    from tools.launch.connectors.journal import Journal
    from tools.launch.exporters.codes import with_unique_codes

    approval, secret = verified(shelved, ledger)
    data = export_input(shelved, deps, secret)
    handover = connector.plan(with_unique_codes(data) if unique_codes else data)
    if not go:
        return handover, None
    campaign_id = shelved.campaign.campaign_id
    where = f"{connector.name}-{hashlib.sha256(target.encode()).hexdigest()[:12]}"
    key = export_key(campaign_id, approval.plan_sha, where)
    _begin(ledger, approval, key)
    with Journal(
        deps.settings.home / "connectors" / f"{campaign_id}-{approval.plan_sha[:12]}-{where}.jsonl"
    ) as journal:
        outcome = connector.run(handover, journal, deps.progress)
    _record(ledger, campaign_id, key, connector.name, outcome)
    put_status(shelved, "exported")
    return handover, outcome


def _begin(ledger: Ledger, approval: ApprovalRow, key: str) -> None:
    """Enter the effect while the approval still stands; from now on the plan cannot be changed any more."""
    from agent.ledger import outbox
    from agent.ledger.approvals import standing
    from agent.ledger.campaigns import known

    with ledger.write() as session:
        known(session, approval.campaign_id)
        now = standing(session, approval.campaign_id)
        if now is None or now.approval_id != approval.approval_id:
            message = f"`{approval.campaign_id}` has changed since {approval.approver} approved it"
            raise ToolFailure("changed_after_approval", message, campaign_id=approval.campaign_id)
        outbox.begin(session, key, "connector", ledger.now())


def _record(ledger: Ledger, campaign_id: str, key: str, name: str, outcome: Outcome) -> None:
    from agent.ledger import outbox
    from agent.ledger.campaigns import known, move
    from agent.ledger.events import append

    facts = {"connector": name, "taken": outcome.taken, "left_alone": len(outcome.left_alone)}
    at = ledger.now()
    with ledger.write() as session:
        row = known(session, campaign_id)
        if not outbox.done(session, key, facts, at):
            return
        if row.status != "exported":
            move(row, "exported", at)
        append(session, campaign_id, "handed_over", facts, at)
