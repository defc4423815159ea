"""What was said is kept where the ledger is: the same conversation in SQLite and in PostgreSQL."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from agent.conversation.chat import Chat
from agent.conversation.memory import memory
from agent.deps import Deps
from agent.shelf import read
from tools.failure import ToolFailure


@pytest.fixture
def new_url(postgres_url: str) -> Iterator[str]:
    """A PostgreSQL in which nobody has talked yet."""
    yield postgres_url
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    return str(request.getfixturevalue("new_url")) if request.param == "postgresql" else None


def test_what_was_offered_is_still_meant_by_another_process(
    url: str | None, deps: Deps, planned_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(planned_folder, tmp_path / "campaign"))
    said = []
    for words in ("what happens without the discount?", "do it"):
        with memory(tmp_path, url) as saver:
            said.append(Chat(deps, folder, read(folder, "it").campaign, saver).say(words).kind)
    assert said == ["what_if", "revised"]
    assert (tmp_path / "conversations.sqlite").exists() == (url is None)


def test_many_make_the_tables_at_once(new_url: str, tmp_path: Path) -> None:
    def open_it(_number: int) -> str:
        with memory(tmp_path, new_url) as saver:
            return str(saver.get_tuple({"configurable": {"thread_id": "c-1"}}))

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(open_it, range(6))) == {"None"}


def test_one_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure) as away, memory(tmp_path, "postgresql://ann:secret@127.0.0.1:1/none"):
        raise AssertionError("nothing listens there")
    assert away.value.code == "ledger_away"
    assert "secret" not in away.value.message


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "conversations.sqlite").write_bytes(b"this is no database" * 99)
    with pytest.raises(ToolFailure) as broken, memory(tmp_path):
        raise AssertionError("it cannot be read")
    assert broken.value.code == "no_memory"
