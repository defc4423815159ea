"""The command line as a person meets it: exit status, plain sentences, and JSON with nothing else beside it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BRIEF = "Win back customers who haven't bought anything for 30 days. $500, email and SMS, Dec 1–14, at most 15% off."


def briefsmith(*arguments: str, home: Path, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """The command in a process of its own, from another folder."""
    command = [str(Path(sys.executable).with_name("briefsmith")), *arguments]
    environment = {**os.environ, "BRIEFSMITH_HOME": str(home)}
    return subprocess.run(command, capture_output=True, input=stdin, env=environment, cwd=home.parent, check=False)


def test_read_needs_no_shop(tmp_path: Path) -> None:
    done = briefsmith("read", BRIEF, "--json", "--today", "2017-11-24", home=tmp_path / "home")
    brief = json.loads(done.stdout)
    assert done.returncode == 0
    assert brief["status"] == "ok"
    assert brief["fields"]["budget"] == {"amount_minor": 50_000, "currency": "USD"}
    assert brief["fields"]["end"] == "2017-12-14"


def test_read_from_standard_input_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text(BRIEF, encoding="utf-8")
    by_file = briefsmith("read", f"@{tmp_path / 'brief.txt'}", "--json", "--today", "2017-11-24", home=tmp_path / "h")
    by_pipe = briefsmith("read", "-", "--json", "--today", "2017-11-24", home=tmp_path / "h", stdin=BRIEF.encode())
    assert by_file.stdout == by_pipe.stdout
    assert by_file.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("plan", BRIEF), 1, "briefsmith demo"),
        (("plan", "@missing.txt"), 1, "missing.txt"),
        (("read", "hello"), 10, ""),
        (("show", "c-none"), 1, "c-none"),
        (("import", "nowhere"), 1, "nowhere"),
    ],
)
def test_what_fails_says_so_plainly(tmp_path: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    done = briefsmith(*arguments, home=tmp_path / "home")
    assert done.returncode == status
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_an_error_with_json_is_a_problem(tmp_path: Path) -> None:
    done = briefsmith("plan", BRIEF, "--json", home=tmp_path / "home")
    assert done.returncode == 1
    assert json.loads(done.stdout)["type"].endswith("no-shop")


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    done = briefsmith("read", "-", home=tmp_path / "home", stdin=b"Win \xff back")
    assert done.returncode == 1
    assert "byte 4" in done.stderr.decode()


def test_plan_prints_the_campaign_and_nothing_else(planning_home: Path, tmp_path: Path) -> None:
    done = briefsmith("plan", BRIEF, "--json", "--out", str(tmp_path / "out"), home=planning_home)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == json.loads((tmp_path / "out/campaign.json").read_text(encoding="utf-8"))
    assert done.stderr == b""
    shown = briefsmith("show", str(tmp_path / "out"), home=planning_home)
    assert "report.html" in shown.stdout.decode()
