"""Inspect's own command line finds our tasks and models through the entry point."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("inspect_ai", reason="the extra `evals` is not installed")

from inspect_ai.log import list_eval_logs, read_eval_log

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.deep


def inspect(*arguments: str, folder: Path, cwd: Path | None = None) -> str:
    found = subprocess.run(
        [sys.executable, "-m", "inspect_ai", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd or folder,
        env=os.environ | {"INSPECT_CACHE_DIR": str(folder / "cache"), "INSPECT_LOG_DIR": str(folder / "logs")},
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


def test_list_names_every_task(tmp_path: Path) -> None:
    said = inspect("list", "tasks", "evals/providers", folder=tmp_path, cwd=ROOT)
    for name in ("briefs", "compliance", "injection", "copy", "writing", "retrieval", "chat", "worlds", "plans"):
        assert f"@briefsmith/{name}\n" in said


def test_eval_runs_our_task_with_our_model_from_any_folder(tmp_path: Path) -> None:
    limited = ("--limit", "1", "--display", "none")
    inspect("eval", "briefsmith/chat", "--model", "briefsmith/copyist", *limited, folder=tmp_path)
    log = read_eval_log(list_eval_logs(str(tmp_path / "logs"))[0])
    assert (log.status, log.eval.task, log.eval.model) == ("success", "chat", "briefsmith/copyist")
    assert log.samples
    assert log.samples[0].model_usage["briefsmith/copyist"].total_tokens > 0
    assert log.samples[0].scores
