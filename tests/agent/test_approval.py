"""Promise 7: nothing leaves without approval, and an approval is for the exact plan that was shown, once."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from agent.approval import approve
from agent.export import MANIFEST, export
from agent.ledger import approvals, events
from agent.ledger.campaigns import current_version, settle
from agent.ledger.tables import ApprovalRow, EventRow, OutboxRow
from agent.shelf import VOUCHED, put_status, read, sha256_of
from tests.agent.launching import Desk
from tools.failure import ToolFailure
from tools.launch.exporters.registry import EXPORTERS


def told(desk: Desk) -> list[str]:
    with desk.ledger.read() as session:
        return [event.kind for event in events.after(session, desk.shelved.campaign.campaign_id, 0)]


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ToolFailure) as failure:
        act()
    return failure.value.code


def test_a_plan_is_approved_once_and_exported(desk: Desk, tmp_path: Path) -> None:
    sha = desk.shelved.campaign.plan_sha()
    done = approve(desk.shelved, "Ann", desk.ledger, sha)
    assert (done.plan_sha, done.approver, desk.shelved.campaign.status) == (sha, "Ann", "approved")
    assert desk.shelved.campaign.plan_sha() == sha, "the status is no part of what is approved"
    out = tmp_path / "out"
    made = export(desk.shelved, "csv", out, desk.deps, desk.ledger)
    assert desk.shelved.campaign.status == "exported"
    manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["plan_sha"] == sha
    assert manifest["approver"] == "Ann"
    for name, facts in manifest["files"].items():
        assert facts["sha256"] == sha256_of(out / name) == made.files[name]
    assert told(desk) == ["planned", "approved", "exported"]


def refusal(desk: Desk, out: Path) -> str:
    """The code that an export into `out` is refused with."""
    return code_of(lambda: export(desk.shelved, "csv", out, desk.deps, desk.ledger))


@pytest.mark.parametrize("sha", ["0" * 64, "", "ab", "not a hash", "\x00" * 64, "é" * 20])
def test_a_hash_that_was_not_shown_is_refused(desk: Desk, sha: str) -> None:
    assert code_of(lambda: approve(desk.shelved, "Ann", desk.ledger, sha)) == "sha_mismatch"
    assert told(desk) == []
    assert desk.shelved.campaign.status == "draft"


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 101])
def test_an_approver_has_a_name(desk: Desk, name: str) -> None:
    assert code_of(lambda: approve(desk.shelved, name, desk.ledger)) == "bad_name"


@pytest.mark.parametrize("who", ["Ann", "Bo"])
def test_twice_is_refused_and_the_first_stands(desk: Desk, who: str) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    assert code_of(lambda: approve(desk.shelved, who, desk.ledger)) == "already_approved"
    with desk.ledger.read() as session:
        assert session.query(ApprovalRow).count() == 1


@pytest.mark.parametrize("format_name", sorted(EXPORTERS))
def test_nothing_leaves_without_approval(desk: Desk, tmp_path: Path, format_name: str) -> None:
    out = tmp_path / "out"
    assert code_of(lambda: export(desk.shelved, format_name, out, desk.deps, desk.ledger)) == "not_approved"
    assert not out.exists()


def test_a_file_that_says_approved_is_not_an_approval(desk: Desk, tmp_path: Path) -> None:
    put_status(desk.shelved, "approved")
    assert desk.shelved.campaign.status == "approved"
    assert code_of(lambda: export(desk.shelved, "csv", tmp_path / "out", desk.deps, desk.ledger)) == "not_approved"


def test_a_change_after_approval_voids_it(desk: Desk, tmp_path: Path) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    path = desk.folder / "campaign.json"
    path.write_text(path.read_text("utf-8").replace('"goal": "win_back"', '"goal": "retain"'), encoding="utf-8")
    out = tmp_path / "out"
    assert refusal(desk, out) == "changed_after_approval"
    assert refusal(desk, out) == "not_approved", "it stays void"
    assert not out.exists()
    assert told(desk) == ["planned", "approved", "approval_voided", "planned"]
    approve(desk.shelved, "Bo", desk.ledger)
    assert export(desk.shelved, "csv", out, desk.deps, desk.ledger).campaign.status == "exported"


@pytest.mark.parametrize("name", VOUCHED)
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_file_that_changed_after_approval_is_named(desk: Desk, tmp_path: Path, name: str, how: str) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    path = desk.folder / name
    kept = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(ToolFailure, match=name) as failure:
        export(desk.shelved, "csv", tmp_path / "out", desk.deps, desk.ledger)
    assert failure.value.code == "package_changed"
    path.write_bytes(kept)
    assert export(desk.shelved, "csv", tmp_path / "out", desk.deps, desk.ledger).files


def drop_a_row(folder: Path) -> None:
    frame = pd.read_parquet(folder / "audience.parquet")
    frame[frame["channel"].notna()].iloc[1:].to_parquet(folder / "audience.parquet", index=False)


def contact_the_holdout(folder: Path) -> None:
    frame = pd.read_parquet(folder / "audience.parquet")
    held, sent = frame["arm"] == "holdout", frame["channel"].notna()
    assert held.any()
    frame.loc[frame.index[held][0], ["channel", "offer_id"]] = frame.loc[frame.index[sent][0], ["channel", "offer_id"]]
    frame.to_parquet(folder / "audience.parquet", index=False)


def add_a_message(folder: Path) -> None:
    lines = (folder / "messages.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "messages.csv").write_text("".join([*lines, lines[-1]]), encoding="utf-8")


@pytest.mark.parametrize(
    "harm",
    [drop_a_row, contact_the_holdout, add_a_message, *(lambda f, n=name: (f / n).unlink() for name in VOUCHED)],
)
def test_a_package_that_is_not_its_plans_cannot_be_approved(desk: Desk, harm: Callable[[Path], None]) -> None:
    harm(desk.folder)
    assert code_of(lambda: approve(desk.shelved, "Ann", desk.ledger)) == "package_broken"
    assert told(desk) == []


def test_only_a_draft_can_be_approved(desk: Desk) -> None:
    from agent.plan import plan

    made = plan("hello", desk.deps, out=desk.folder.parent / "hello")
    assert code_of(lambda: approve(read(made.folder, "hello"), "Ann", desk.ledger)) == "not_a_draft"


def test_an_export_again_is_the_same_export(desk: Desk, tmp_path: Path) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    first = export(desk.shelved, "json", tmp_path / "out", desk.deps, desk.ledger)
    again = export(desk.shelved, "json", tmp_path / "out", desk.deps, desk.ledger)
    elsewhere = export(desk.shelved, "json", tmp_path / "other", desk.deps, desk.ledger)
    assert first.files == again.files == elsewhere.files
    assert told(desk).count("exported") == 1
    with desk.ledger.read() as session:
        assert [row.state for row in session.query(OutboxRow)] == ["done"]
        assert session.query(EventRow).count() == 3


def test_an_export_never_covers_what_it_did_not_write(desk: Desk, tmp_path: Path) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    assert refusal(desk, desk.folder) == "out_taken"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "audience.csv").write_text("mine", encoding="utf-8")
    assert refusal(desk, tmp_path / "mine") == "out_taken"
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert refusal(desk, tmp_path / "file") == "out_taken"
    assert (tmp_path / "mine" / "audience.csv").read_text(encoding="utf-8") == "mine"
    assert desk.shelved.campaign.status == "approved"


def test_an_unknown_format_says_which_there_are(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ToolFailure, match="csv, parquet, json"):
        export(desk.shelved, "../../etc", tmp_path / "out", desk.deps, desk.ledger)


def test_an_exported_plan_is_never_replaced(desk: Desk, tmp_path: Path) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    export(desk.shelved, "csv", tmp_path / "out", desk.deps, desk.ledger)
    other = desk.shelved.campaign.model_copy(update={"writer": "template", "planner": "playbook", "version": 2})
    with desk.ledger.write() as session:
        assert settle(session, desk.shelved.campaign, desk.folder, desk.ledger.now()) == "exported"
    assert code_of(lambda: _settle(desk, other)) == "already_exported"


def _settle(desk: Desk, campaign: object) -> None:
    with desk.ledger.write() as session:
        settle(session, campaign, desk.folder, desk.ledger.now())  # type: ignore[arg-type]


def test_the_same_plan_again_keeps_its_approval(desk: Desk) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    with desk.ledger.write() as session:
        fresh = desk.shelved.campaign.model_copy(update={"status": "draft"})
        assert settle(session, fresh, desk.folder, desk.ledger.now()) == "approved"
        assert approvals.standing(session, fresh.campaign_id) is not None
        version = current_version(session, fresh.campaign_id)
        assert version is not None
        assert version.number == 1


def test_messages_go_to_the_address_of_their_channel(desk: Desk, tmp_path: Path) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    export(desk.shelved, "csv", tmp_path / "csv", desk.deps, desk.ledger)
    export(desk.shelved, "json", tmp_path / "json", desk.deps, desk.ledger)
    export(desk.shelved, "parquet", tmp_path / "parquet", desk.deps, desk.ledger)
    known = desk.deps.store.frame("customers").set_index("customer_id")
    with (tmp_path / "csv/messages.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (tmp_path / "json/messages.jsonl").read_text("utf-8").splitlines()]
    frame = pd.read_parquet(tmp_path / "parquet/messages.parquet")
    assert len(rows) == len(lines) == len(frame) > 0
    for row, line in zip(rows, lines, strict=True):
        column = {"email": "email", "sms": "phone"}[row["channel"]]
        assert line["address"] == known.loc[row["customer_id"], column]
        assert row["address"].lstrip("'") == line["address"]
        assert (line["subject"] is None) == (row["channel"] == "sms")
