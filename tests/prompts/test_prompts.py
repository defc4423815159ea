"""Prompts are data: what is declared is what is used, and every version can be listed, rendered and compared."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from pydantic import ValidationError
from typer.testing import CliRunner

import prompts.load
from agent.cli import app
from prompts.load import FOLDER, Prompt, every, live, prompt, version


def briefsmith(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["prompts", *arguments])
    return found.exit_code, found.output


def test_what_is_served_exists() -> None:
    assert {one.id for one in every()} == set(live())
    for prompt_id in live():
        assert prompt(prompt_id) == version(prompt_id)


def test_declared_is_used_and_nothing_else() -> None:
    made = Prompt(id="x", version=1, variables=("name",), template="Hello {{ name }}")
    assert made.render(name="{{ name }}") == "Hello {{ name }}"
    with pytest.raises(UndefinedError):
        made.render()
    with pytest.raises(TypeError, match="other"):
        made.render(name="a", other="b")
    with pytest.raises(ValidationError, match="declares"):
        Prompt(id="x", version=1, variables=(), template="{{ name }}")
    with pytest.raises(ValidationError, match="extra"):
        Prompt.model_validate({"id": "x", "version": 1, "variables": [], "template": "", "extra": 1})


def test_the_commands() -> None:
    status, said = briefsmith("list")
    assert status == 0
    assert all(f"* {name}.v{number}" in said for name, number in live().items())
    assert prompt("planner").sha[:12] in said
    status, said = briefsmith("render", "planner")
    assert (status, said.strip()) == (0, prompt("planner").template.strip())
    status, said = briefsmith("diff", "planner.v1", "planner")
    assert (status, said.strip()) == (0, "The two are the same.")


def test_what_is_not_there_is_said() -> None:
    status, said = briefsmith("render", "plannner")
    assert status == 1
    assert "no prompt `plannner`" in said
    status, said = briefsmith("render", "copy_cell", "--set", "angle=need")
    assert status == 1
    assert "needs --set cell=VALUE" in said
    status, said = briefsmith("render", "copy_cell", "--set", "angle=need", "--set", 'cell={"segment": "Lapsed"}')
    assert status == 0
    assert '{"segment": "Lapsed"}' in said
    status, said = briefsmith("render", "planner", "--set", "a=b")
    assert status == 1
    assert "has no variable a; it has none" in said


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The prompts' folder, to spoil."""
    folder = tmp_path / "prompts"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("prompts.load.FOLDER", folder)
    for cached in (prompts.load.prompt, prompts.load.live):
        cached.cache_clear()
    yield folder
    for cached in (prompts.load.prompt, prompts.load.live):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("copy.v2.yaml", "[brand, ", "[", "`copy.v2.yaml`: prompt `copy` declares"),
        ("copy.v2.yaml", "version: 2", "version: 2\nextra: 1", "`copy.v2.yaml`: extra: Extra inputs"),
        ("copy.v2.yaml", "version: 2", "version: [", "`copy.v2.yaml` is no YAML"),
        ("copy.v2.yaml", "version: 2", "version: 3", "`copy.v2.yaml` holds `copy.v3`"),
        ("copy.v2.yaml", "{{ brand | tojson }}", "{{ brand | ", "`copy.v2.yaml`: line"),
        ("live.yaml", "copy: 2", "copy: 9", "`live.yaml` serves `copy.v9`, and there is no file"),
        ("live.yaml", "copy: 2", "copy: two", "`live.yaml` is no table"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(copied: Path, file: str, old: str, new: str, said: str) -> None:
    text = (copied / file).read_text(encoding="utf-8")
    assert old in text
    (copied / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    status, told = briefsmith("list")
    assert status == 1
    assert said in told
    assert briefsmith("render", "copy")[0] == 1
