"""The advice of rule US-EM-03: a shop in which nobody has opted out brings an empty list, and that is enough."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.deps import Deps
from agent.plan import understand
from agent.settings import Settings
from agent.steps.context import _suppression_age
from agent.workspace import Workspace
from tests.tools.shop.shop_files import FILES, run_import


def age_of(folder: Path, files: dict[str, str]) -> int | None:
    run_import(folder, files)
    deps = Deps(settings=Settings(home=folder / "home"), now=lambda: datetime.now(UTC))
    brief = understand("Win back lapsed customers. $500, email, June 5-20.", deps, date(2024, 6, 1))
    work = Workspace(
        deps=deps, brief=brief, today=date(2024, 6, 1), created_at=deps.now(), planner="playbook", writer="template"
    )
    return _suppression_age(work)


@pytest.mark.parametrize(("listed", "age"), [("customer_id,email,channel,reason,at\n", 0), (None, None)])
def test_an_empty_list_is_a_list_and_no_list_is_none(tmp_path: Path, listed: str | None, age: int | None) -> None:
    files = {name: text for name, text in FILES.items() if name != "suppressions"}
    assert age_of(tmp_path, files | ({"suppressions": listed} if listed else {})) == age
