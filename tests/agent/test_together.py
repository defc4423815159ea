"""Two processes that revise one campaign at once: one wins, the other is told, and nothing is mixed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.deps import Deps
from agent.ledger.campaigns import current_version, settle
from agent.ledger.engine import open_engine
from agent.ledger.events import after
from agent.ledger.ledger import Ledger
from agent.shelf import campaign_folder, find, read
from tests.agent.launching import NOW
from tests.check_package import wrong_with

pytestmark = pytest.mark.deep


def test_the_first_to_write_wins_and_the_other_is_told(planned_folder: Path, deps: Deps, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("shop", "index", "cache"):
        (home / name).symlink_to(deps.settings.home / name)
    first = read(planned_folder, "planned").campaign
    folder = Path(shutil.copytree(planned_folder, campaign_folder(home, first.campaign_id)))
    ledger = Ledger(open_engine(home), lambda: NOW)
    with ledger.write() as session:
        settle(session, first, folder, NOW)
    said = together(home, first.campaign_id, "drop SMS", "at most 10% off")
    kinds = [reply["kind"] for reply in said]
    assert sorted(kinds) == ["revised", "unchanged"]
    refused = said[kinds.index("unchanged")]
    assert refused["problem"]["type"].endswith("/sha-mismatch")
    assert "version 2" in refused["problem"]["detail"]

    made = find(home, first.campaign_id).campaign
    assert (made.version, made.revises) == (2, first.plan_sha())
    assert made.turns == (("drop SMS", "at most 10% off")[kinds.index("revised")],)
    assert wrong_with(folder) == []
    with ledger.read() as session:
        last = current_version(session, first.campaign_id)
        assert last is not None
        assert (last.number, last.plan_sha) == (2, made.plan_sha())
        assert [event.kind for event in after(session, first.campaign_id, 0)] == ["planned", "planned"]
    ledger.close()


def together(home: Path, campaign_id: str, *texts: str) -> list[dict[str, Any]]:
    there = [home / f"there-{number}" for number in range(2)]
    asked = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.agent.together", str(home), campaign_id, text, str(mine), str(other)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for text, mine, other in zip(texts, there, reversed(there), strict=True)
    ]
    replies = []
    for one in asked:
        out, err = one.communicate(timeout=240)
        assert one.returncode == 0, err.decode()
        replies.append(json.loads(out))
    return replies
