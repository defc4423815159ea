"""Models as targets, under the runner itself: counted, cached, recorded, replayed, at fault."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("inspect_ai", reason="the extra `evals` is not installed")

from inspect_ai.log import list_eval_logs, read_eval_log

from evals.bridge import Conditions, run_inspect
from evals.case import Case
from evals.compare import compare
from evals.providers.recorded import recordings, write_recordings
from evals.results import Header, Row, Run, TaskInfo
from evals.run import run
from evals.servers.copyist import Copyist
from evals.servers.protocol import Server, serving
from evals.target import Target, parse_target
from evals.tasks import task
from evals.view.text import comparison_text
from prompts.load import FOLDER, prompt
from prompts.load import serving as served
from tools.copywriter.prompting import prompt_sha
from tools.failure import ToolFailure

EMAIL = "retain-email-en-none"


def cases(*ids: str, name: str = "writing") -> list[Case]:
    return [case for case in task(name).cases if case.id in ids]


def rows(
    target: str, logs: Path, ids: Sequence[str] = (EMAIL,), name: str = "writing", cache: bool = True
) -> tuple[Row, ...]:
    chosen = [(task(name), cases(*ids, name=name))]
    return run_inspect(chosen, parse_target(target), logs, Conditions(cache=cache))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "cache"))


@contextmanager
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The project's own settings name a server of ours."""
    with serving(Copyist()) as server:
        monkeypatch.setenv("BRIEFSMITH_LLM_BASE_URL", server.url)
        monkeypatch.setenv("BRIEFSMITH_LLM_MODEL", server.model)
        monkeypatch.setenv("BRIEFSMITH_LLM_API_KEY", "none")
        yield server


def test_a_second_run_is_served_by_the_cache_with_no_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with configured(monkeypatch) as server:
        first = rows("model:briefsmith/live", tmp_path / "a")
        asked = len(server.requests)
        again = rows("model:briefsmith/live", tmp_path / "b")
        assert len(server.requests) == asked
        fresh = rows("model:briefsmith/live", tmp_path / "c", cache=False)
        assert len(server.requests) == 2 * asked
    assert [row.calls for row in (first[0], again[0], fresh[0])] == [asked, 0, asked]
    assert again[0].cached == asked > 0
    assert again[0].tokens == 0 < first[0].tokens
    assert first[0].latency > 0
    assert first[0].output == again[0].output == fresh[0].output


def test_inspects_own_provider_reads_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with configured(monkeypatch) as server:
        found = rows(f"model:openai-api/briefsmith-llm/{server.model}", tmp_path / "a")
        assert server.requests
    assert found[0].scores["own"] == 1


def test_recorded_answers_are_replayed_and_what_was_not_asked_is_an_error(tmp_path: Path) -> None:
    first = rows("model:briefsmith/copyist", tmp_path / "a")
    logs = [read_eval_log(log, resolve_attachments=True) for log in list_eval_logs(str(tmp_path / "a"))]
    path = tmp_path / "answers.jsonl"
    assert write_recordings(recordings(logs), path) == first[0].calls
    again = rows(f"model:briefsmith/replay/{path}", tmp_path / "b", ids=(EMAIL, "retain-sms-en-none"))
    known, unknown = sorted(again, key=lambda row: row.case_id)
    assert known.output.replace(f"replay/{path}", "copyist") == first[0].output
    assert (known.scores, known.tokens) == (first[0].scores, first[0].tokens)
    assert known.latency == pytest.approx(first[0].latency)
    assert "no answer to what is asked now" in (unknown.error or "")


def test_the_stored_recording_answers_where_the_target_is_embedded(tmp_path: Path) -> None:
    found = rows("embedded", tmp_path / "a")
    assert found[0].error is None
    assert found[0].scores["own"] == 1


def test_an_obedient_model_is_told_from_one_that_is_not_though_the_verifier_repairs_it(tmp_path: Path) -> None:
    ids = ("planted-02-push-en",)
    obedient, honest = (rows(f"model:briefsmith/{name}", tmp_path / name, ids) for name in ("obedient", "copyist"))
    assert (honest[0].scores["unled"], obedient[0].scores["unled"]) == (1, 0)
    assert "obey the product's text: free99" in obedient[0].detail
    repaired = {metric: value for metric, value in obedient[0].scores.items() if metric not in ("own", "unled")}
    assert set(repaired.values()) == {1}
    assert "free99" in obedient[0].output.casefold()
    assert "free99" not in json.dumps(json.loads(obedient[0].output)["items"]).casefold()
    said = comparison_text(compare(as_run(honest), as_run(obedient)))
    assert "writing unled `planted-02-push-en` (planted-en)" in said


def as_run(found: Sequence[Row]) -> Run:
    info = TaskInfo(name="writing", cases=len(found), epochs=1, data_sha="", metrics=tuple(found[0].scores))
    at = datetime(2026, 11, 24, tzinfo=UTC)
    return Run(
        header=Header(target="t", deterministic=False, tasks=(info,), started_at=at, seconds=0), rows=tuple(found)
    )


@pytest.mark.deep
@pytest.mark.parametrize("name", ["obedient", "faulty-false_facts", "faulty-wrong_schema", "faulty-empty"])
def test_what_a_bad_model_says_never_reaches_a_message(name: str, tmp_path: Path) -> None:
    found = rows(f"model:briefsmith/{name}", tmp_path / "a", cache=False)
    assert found[0].error is None
    assert found[0].scores["own"] == (1 if name == "obedient" else 0)
    assert found[0].scores["unled"] is None  # no order stands in this case's product
    assert all(value == 1 for metric, value in found[0].scores.items() if metric not in ("own", "unled"))


@pytest.mark.deep
def test_a_server_that_fails_is_an_error_and_no_answer(tmp_path: Path) -> None:
    found = rows("model:briefsmith/faulty-context_too_long", tmp_path / "a", cache=False)
    assert found[0].error
    assert found[0].scores == {}


@pytest.mark.deep
def test_a_model_talks(tmp_path: Path) -> None:
    found = rows("model:briefsmith/copyist", tmp_path / "a", ids=("chat-001",), name="chat", cache=False)
    assert found[0].scores == {"calls": 0, "state": 1, "asks": 1, "no_write": 1}
    assert found[0].calls > 1


def test_targets_by_name() -> None:
    assert parse_target("model:briefsmith/live").model == "briefsmith/live"
    assert parse_target("planner:playbook").model == "briefsmith/playbook"
    assert parse_target("http://127.0.0.1:8000/").url == "http://127.0.0.1:8000"
    assert parse_target("agent").kind == "agent"
    assert parse_target("embedded:3", ("copy.v1",)).name == "embedded:3+copy.v1"
    assert not parse_target("model:briefsmith/live").deterministic
    assert parse_target("model:briefsmith/replay/writing").deterministic
    for wrong in ("model:gpt", "planner:me", "http://", "embedded:x"):
        with pytest.raises(ToolFailure, match="There is no target"):
            parse_target(wrong)
    with pytest.raises(ToolFailure, match=r"no prompt `copy\.v99`"):
        parse_target("embedded", ("copy.v99",))


def test_another_version_of_a_prompt_is_served_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = prompt("copy")
    folder = Path(shutil.copytree(FOLDER, tmp_path / "prompts"))
    text = (folder / f"copy.v{live.version}.yaml").read_text(encoding="utf-8")
    changed = text.replace(f"version: {live.version}", "version: 9", 1).rstrip() + "\n\n  Be brief.\n"
    (folder / "copy.v9.yaml").write_text(changed, encoding="utf-8")
    monkeypatch.setattr("prompts.load.FOLDER", folder)
    with served(["copy.v9"]):
        assert prompt("copy").version == 9
        assert prompt("copy").sha != live.sha
    assert prompt("copy").sha == live.sha


def test_a_task_without_a_model_refuses_one(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure, match="No model is ever asked in retrieval"):
        run(["retrieval"], Target(kind="model", model="a/b"), tmp_path, now=datetime(2026, 11, 24, tzinfo=UTC))


def test_the_settings_grammar_is_asked_of_a_model_and_not_of_a_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with configured(monkeypatch) as server:
        rows("model:briefsmith/live", tmp_path / "a")
        assert all("maxLength" in str(request["response_format"]) for request in server.requests)
        asked = len(server.requests)
        monkeypatch.setenv("BRIEFSMITH_LLM_GRAMMAR", "words")
        rows("model:briefsmith/live", tmp_path / "b")
        forms = [str(request["response_format"]) for request in server.requests[asked:]]
    assert forms
    assert all("^[A-Z]" in form for form in forms)
    replayed = rows("model:briefsmith/replay/writing", tmp_path / "c")
    assert replayed[0].error is None


def test_a_row_holds_the_hash_of_what_was_asked(tmp_path: Path) -> None:
    asked = rows("model:briefsmith/replay/writing", tmp_path / "a")[0]
    assert asked.prompts == {"copy": prompt_sha()}
    assert rows("embedded", tmp_path / "b", name="copy")[0].prompts == {}
