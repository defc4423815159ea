"""The house holds: imports run one way, heavy libraries stand in their rooms, nothing heavy at import."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("prompts", "tools", "agent", "evals")
ROOMS = {
    "chromadb": ("tools/catalog/",),
    "ortools": ("tools/budget/",),
    "ibis": ("tools/shop/", "tools/segments/"),
    "duckdb": ("tools/shop/", "tools/segments/"),
    "lightgbm": ("tools/response/", "tools/catalog/"),
    "sklearn": ("tools/response/", "tools/catalog/"),
    "torch": ("tools/response/", "tools/catalog/", "tools/llm/serving/"),
    "sentence_transformers": ("tools/catalog/",),
    "langchain": ("agent/", "tools/llm/"),
    "langchain_core": ("agent/", "tools/llm/"),
    "langgraph": ("agent/", "tools/llm/"),
    "fastapi": ("agent/api/", "agent/web/"),
    "inspect_ai": ("evals/",),
    "openai": ("tools/llm/",),
}
BENCHES = "evals/bench/"
"""Benchmarks time rivals and imports, so they may name any library."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in ORDER:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_imports_run_one_way() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules()
        for name in imported(tree)
        if (top := name.split(".")[0]) in ORDER and ORDER.index(top) > ORDER.index(path.split("/")[0])
    ]
    assert wrong == []


def test_heavy_libraries_stand_in_their_rooms() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules()
        if not path.startswith(BENCHES)
        for name in imported(tree)
        if (rooms := ROOMS.get(name.split(".")[0])) and not path.startswith(rooms)
    ]
    assert wrong == []


def test_the_packages_resolve_here() -> None:
    """Another distribution named `evals` exists."""
    for package in ORDER:
        module = __import__(package)
        assert Path(str(module.__file__)).parent == ROOT / package


def test_no_broad_except_no_file_above_300_lines() -> None:
    wrong = []
    for path, tree in modules():
        lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
        if lines > 300:
            wrong.append(f"{path} has {lines} lines")
        wrong += [
            f"{path}:{node.lineno} catches everything"
            for node in ast.walk(tree)
            if isinstance(node, ast.ExceptHandler)
            and (
                node.type is None
                or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))
            )
        ]
    assert wrong == []


@pytest.mark.parametrize("module", ["agent.cli", "tools.budget", "tools.segments.audience", "tools.catalog.search"])
def test_import_loads_nothing_heavy(module: str) -> None:
    heavy = (
        "{'torch', 'pandas', 'ibis', 'duckdb', 'chromadb', 'ortools', 'langchain', 'statsmodels', 'altair', 'numba'}"
    )
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert found.strip() == "[]"
