"""The docs cannot drift: schema, command line help, README's commands and tree."""

import re
import tomllib
from pathlib import Path

import yaml

from agent.cli import app
from agent.clidoc import cli_help
from agent.schema import campaign_schema

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_schema_is_the_models() -> None:
    assert (ROOT / "docs/campaign.schema.json").read_text(encoding="utf-8") == campaign_schema(), "run `make schema`"


def test_cli_help_is_the_commands() -> None:
    stored = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert stored == cli_help(), "run `python -m agent.clidoc docs/cli.md`"


def test_readmes_commands_exist() -> None:
    commands = {info.name for info in app.registered_commands} | {info.name for info in app.registered_groups}
    used = set(re.findall(r"^(?:\$ )?briefsmith ([\w-]+)", README, flags=re.MULTILINE))
    assert used
    assert used <= commands
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"^make ([a-z-]+)", README, flags=re.MULTILINE)) <= targets


def test_readmes_tree_and_links_exist() -> None:
    tree = README.split("## The house")[1].split("```")[1]
    folders = re.findall(r"^(\w+)/", tree, flags=re.MULTILINE)
    assert folders == ["agent", "tools", "prompts", "evals", "tests", "docs"]
    for path in folders + re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / path).exists(), path


def test_the_makefile_plans_the_readmes_brief() -> None:
    brief = re.search(r'plan "(Win back [^"]+)"', README)
    assert brief is not None
    assert brief[1].replace("$", "$$") in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_compose_and_image_are_as_the_docs_say() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert compose["services"]["vllm"]["profiles"] == ["gpu"]
    assert compose["services"]["chroma"]["profiles"] == ["scale"]
    assert "ports" not in compose["services"]["chroma"], "Chroma's server is never exposed"
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "\nUSER 10001\n" in dockerfile
    assert "\nHEALTHCHECK " in dockerfile


def test_constraints_pin_every_dependency_and_name_no_host() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in text.splitlines()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    names = {re.split(r"[\[<>=!~ ]", item)[0].lower().replace("_", "-") for item in wanted}
    assert names <= pinned
