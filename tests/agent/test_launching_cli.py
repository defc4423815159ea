"""`approve`, `export`, `keys` and `serve` as a person meets them: exit status, plain sentences, JSON alone."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.cli import app


@pytest.fixture
def home(planned_folder: Path, planning_home: Path, tmp_path: Path) -> Path:
    """A home with the small shop and one draft in a folder `plan`."""
    made = tmp_path / "home"
    made.mkdir()
    for name in ("shop", "index", "cache"):
        if (planning_home / name).exists():
            (made / name).symlink_to(planning_home / name)
    shutil.copytree(planned_folder, made / "plan")
    return made


def run(home: Path, *arguments: str) -> Result:
    return CliRunner(env={"BRIEFSMITH_HOME": str(home)}).invoke(app, list(arguments))


def test_the_shown_hash_is_approved_and_exported(home: Path) -> None:
    plan, out = str(home / "plan"), home / "out"
    shown = run(home, "show", plan).output
    sha = shown.split("--sha ")[1].split()[0]
    refused = run(home, "export", plan, "--to", "csv", "--out", str(out))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "is not approved" in refused.stderr
    wrong = run(home, "approve", plan, "--as", "Ann", "--sha", "0" * 16, "--json")
    assert wrong.exit_code == 1
    assert json.loads(wrong.stdout)["type"].endswith("/sha-mismatch")
    done = run(home, "approve", plan, "--as", "Ann", "--sha", sha, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["plan_sha"].startswith(sha)
    assert "by Ann" in run(home, "approve", plan, "--as", "Bo").stderr
    written = run(home, "export", plan, "--to", "csv", "--out", str(out), "--json")
    assert written.exit_code == 0, written.stderr
    assert {path.name for path in out.iterdir()} == {*json.loads(written.stdout)["files"], "manifest.json"}
    assert "exported" in run(home, "show", plan).output
    assert run(home, "export", plan, "--to", "csv", "--out", plan).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("approve", "c-none", "--as", "Ann"), "c-none"),
        (("export", "c-none", "--to", "csv", "--out", "x"), "c-none"),
        (("keys", "revoke", "nobody"), "no key"),
        (("keys", "add", " ", "--role", "viewer"), "one line"),
        (("serve", "--host", "0.0.0.0"), "needs an API key first"),
    ],
)
def test_what_fails_says_so_plainly(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = run(tmp_path / "home", *arguments)
    assert done.exit_code == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_is_shown_once_and_listed_without_its_secret(tmp_path: Path) -> None:
    made = json.loads(run(tmp_path, "keys", "add", "Ann Lee", "--role", "approver", "--json").stdout)
    assert made["key"].startswith(f"bs_{made['key_id']}_")
    listed = run(tmp_path, "keys", "list")
    assert "Ann Lee" in listed.stdout
    assert made["key"].split("_", 2)[2] not in listed.stdout
    assert run(tmp_path, "keys", "add", "Ann Lee", "--role", "viewer").exit_code == 1
    assert run(tmp_path, "keys", "revoke", "Ann Lee").exit_code == 0
    assert json.loads(run(tmp_path, "keys", "list", "--json").stdout)[0]["revoked_at"] is not None


def test_a_ledger_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"this is no database, whatever its name says" * 50)
    done = run(tmp_path, "keys", "list")
    assert done.exit_code == 1
    assert "cannot be opened" in done.stderr
