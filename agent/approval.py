"""Approval: for the hash of one version that was shown, by a named person, once. The CLI and the API call this."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from agent.shelf import VOUCHED, Shelved, put_status
from tools.failure import ToolFailure

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy.orm import Session

    from agent.campaign import Campaign
    from agent.ledger.ledger import Ledger


@dataclass(frozen=True)
class Prepared:
    """What an approval will say, once the ledger has granted it."""

    plan_sha: str
    approver: str
    files: dict[str, str]


@dataclass(frozen=True)
class Approved:
    """What was approved, by whom and when."""

    campaign: Campaign
    plan_sha: str
    approver: str
    at: datetime


def approve(shelved: Shelved, approver: str, ledger: Ledger, sha: str | None = None) -> Approved:
    """Approve the plan as it stands in the folder.

    Args:
        sha: the hash that was shown (a prefix of at least 12 characters); null: whatever stands there now.

    Raises:
        ToolFailure: `bad_name`; `sha_mismatch` where the plan is not the one that was shown; `not_a_draft`;
            `package_broken` where the files are not the plan's; `already_approved`; `already_exported`.
    """
    ready = prepared(shelved, approver, sha)
    with ledger.write() as session:
        done = record(session, shelved, ready, ledger.now())
    put_status(shelved, "approved")
    return done


def prepared(shelved: Shelved, approver: str, sha: str | None) -> Prepared:
    """All that is checked before the ledger is asked; raises what `approve` raises."""
    name = approver_name(approver)
    plan_sha = shelved.campaign.plan_sha()
    if sha is not None and not (len(sha) >= 12 and plan_sha.startswith(sha.lower())):
        message = f"the plan is {plan_sha[:12]}…, not {sha[:64]!r}: it has changed since it was shown, look at it again"
        raise ToolFailure("sha_mismatch", message, plan_sha=plan_sha)
    return Prepared(plan_sha, name, package_files(shelved))


def approver_name(name: str) -> str:
    from agent.ledger.keys import NAME

    clean = name.strip()
    if not NAME.fullmatch(clean):
        raise ToolFailure("bad_name", f"an approver's name is 1 to 100 characters on one line, not {name!r}")
    return clean


def record(session: Session, shelved: Shelved, ready: Prepared, at: datetime) -> Approved:
    """In one transaction: the version, the approval, the status, the event. `put_status` follows its commit."""
    from agent.ledger.approvals import grant
    from agent.ledger.campaigns import known, move, settle

    campaign = shelved.campaign
    status = settle(session, campaign, shelved.folder, at)
    if status not in ("draft", "approved", "exported"):
        message = f"`{campaign.campaign_id}` is {status.replace('_', ' ')}; only a draft can be approved"
        raise ToolFailure("not_a_draft", message, status=status)
    grant(session, campaign.campaign_id, ready.plan_sha, ready.approver, ready.files, at)
    move(known(session, campaign.campaign_id), "approved", at)
    return Approved(campaign.model_copy(update={"status": "approved"}), ready.plan_sha, ready.approver, at)


def package_files(shelved: Shelved) -> dict[str, str]:
    """The digests of the package's files, which must be whole and those of this very plan.

    Raises:
        ToolFailure: `not_a_draft` where there is nothing to approve; `package_broken` with what is wrong.
    """
    campaign = shelved.campaign
    if campaign.allocation is None or campaign.experiment is None:
        message = f"`{campaign.campaign_id}` is {campaign.status.replace('_', ' ')}; only a draft can be approved"
        raise ToolFailure("not_a_draft", message, status=campaign.status)
    digests = shelved.digests()
    missing = [name for name in VOUCHED if name not in digests]
    wrong = [f"`{name}` is missing" for name in missing] or misfits(shelved)
    if wrong:
        message = f"the package of `{campaign.campaign_id}` is not its plan's: {wrong[0]}; plan it again"
        raise ToolFailure("package_broken", message, wrong=wrong)
    return digests


def misfits(shelved: Shelved) -> list[str]:
    """Where audience and messages are not what the plan says: counted anew from the files."""
    import pandas as pd

    campaign, folder = shelved.campaign, shelved.folder
    audience = pd.read_parquet(folder / "audience.parquet")
    sent = audience[audience["channel"].notna()]
    counted = Counter(zip(sent["segment_id"], sent["channel"], sent["offer_id"], strict=True))
    cells = campaign.allocation.cells if campaign.allocation else ()
    planned = {(c.segment_id, str(c.channel), c.offer_id): c.customers for c in cells if c.customers}
    arms = {arm.name: arm.customers for arm in campaign.experiment.arms if arm.customers} if campaign.experiment else {}
    messages = pd.read_csv(folder / "messages.csv", dtype=str, keep_default_na=False)
    csv = pd.read_csv(folder / "audience.csv", dtype=str, keep_default_na=False)
    told = {
        "who gets what is not the allocation": dict(counted) != planned,
        "a customer stands twice in the audience": bool(audience["customer_id"].duplicated().any()),
        "the arms are not the test plan's": audience["arm"].value_counts().to_dict() != arms,
        "somebody who is held out is contacted": bool((sent["arm"] == "holdout").any()),
        "the messages are not those of the contacted": sorted(messages["customer_id"]) != sorted(sent["customer_id"]),
        "a message names another copy than the audience": _copies(messages) != _copies(sent),
        "audience.csv is not audience.parquet": sorted(csv["customer_id"]) != sorted(audience["customer_id"]),
    }
    return [words for words, wrong in told.items() if wrong]


def _copies(frame: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(frame["customer_id"], frame["copy_id"], strict=True))
