"""`kill -9` at every change that an import makes on the disk: the shop is the old one or the new one, whole."""

import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.tools.shop.shop_files import ORDERS, SENDER, order_line, run_import, write_files
from tools.failure import ToolFailure
from tools.shop.importing import import_shop
from tools.shop.layout import building
from tools.shop.sources import find_sources
from tools.shop.store import ShopStore

ROOT = Path(__file__).parents[3]


def leftovers(home: Path) -> list[Path]:
    return [*(home / "shop").glob("building-*"), *(home / "shop").glob(".current*")]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """The folder of the new files, and the homes of which each saw an import of them die, the last one excepted."""
    folder = tmp_path_factory.mktemp("killed")
    write_files(folder / "old", {"orders": ORDERS})
    write_files(folder / "new", {"orders": ORDERS + order_line()})
    arguments = [str(folder / name) for name in ("old", "new", "homes")]
    done = subprocess.run(
        [sys.executable, "-m", "tests.tools.shop.killed_import", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    homes = [path for path in (folder / "homes").iterdir() if path.name != "old"]
    return folder / "new", sorted(homes, key=lambda path: int(path.name))


def test_the_shop_is_the_old_one_until_it_is_the_new_one(killed: tuple[Path, list[Path]]) -> None:
    _, homes = killed
    lines = [len(ShopStore.open(home).frame("orders")) for home in homes]
    assert len(homes) >= 6, "the import changes the disk more often than this"
    assert lines == sorted(lines), "old, then new, and never back"
    assert (lines[0], lines[-1]) == (4, 5)
    assert any(leftovers(home) for home in homes), "some import died with its work half done"


def test_the_next_import_completes_and_cleans_up(killed: tuple[Path, list[Path]]) -> None:
    folder, homes = killed
    for home in (homes[len(homes) // 2], homes[-2]):
        import_shop(find_sources(folder), home=home, name="Shop", currency="USD", market="US", sender=SENDER)
        assert len(ShopStore.open(home).frame("orders")) == 5
        assert leftovers(home) == []


def test_two_imports_into_one_home_do_not_mix(tmp_path: Path) -> None:
    with building(tmp_path / "home"):
        messages: list[str] = []

        def second() -> None:
            try:
                run_import(tmp_path, {"customers": "customer_id\nc1\n"})
            except ToolFailure as failure:
                messages.append(f"{failure.code}: {failure.message}")

        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert messages
    assert messages[0].startswith("import_running: another import into")
    assert run_import(tmp_path, {"customers": "customer_id\nc1\n"}).changed


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(ToolFailure, match=r"cannot be written to .*home.*: .*Not a directory") as failure:
        run_import(tmp_path, {"customers": "customer_id\nc1\n"})
    assert failure.value.code == "home_not_writable"


@pytest.mark.parametrize("room", [0, 300, 700])
def test_a_full_disk_leaves_the_shop_that_was_there(tmp_path: Path, room: int) -> None:
    run_import(tmp_path, {"customers": "customer_id\nc1\n"})
    files = {"customers": "customer_id\nc1\nc2\n"}
    write_files(tmp_path / "files", files)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(ToolFailure, match="which stays as it was") as failure:
            import_shop(
                find_sources(tmp_path / "files"),
                home=tmp_path / "home",
                name="Shop",
                currency="USD",
                market="US",
                sender=SENDER,
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert failure.value.code == "home_not_writable"
    assert len(ShopStore.open(tmp_path / "home").frame("customers")) == 1
    assert leftovers(tmp_path / "home") == []


def test_two_versions_are_kept_at_most(tmp_path: Path) -> None:
    for number in range(4):
        run_import(tmp_path, {"customers": f"customer_id\nc{number}\n"})
    assert len(list((tmp_path / "home" / "shop" / "versions").iterdir())) == 2
