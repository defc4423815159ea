"""The index is a disposable cache: built aside, asked, swapped; the last good one stays through every accident."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.tools.catalog.shops import make_shop, products
from tools.catalog import canary
from tools.catalog.draft import drafted
from tools.catalog.embedding import Embedder
from tools.catalog.index import describe_index, ensure_index, index_folder
from tools.catalog.search import search
from tools.catalog.stored import PRODUCTS, chroma_client
from tools.failure import ToolFailure
from tools.shop.store import ShopStore


class Heard:
    """A progress callback that remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, int | None]] = []

    def __call__(self, label: str, done: int, total: int | None) -> None:
        self.calls.append((label, done, total))


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return Embedder.load(cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> tuple[ShopStore, Path]:
    home = tmp_path_factory.mktemp("home")
    store = make_shop(home / "shop", products())
    ensure_index(store, home, embedder)
    return store, home


@pytest.fixture
def copied(built: tuple[ShopStore, Path], tmp_path: Path) -> tuple[ShopStore, Path]:
    """The same shop with an index of its own to spoil."""
    store, home = built
    shutil.copytree(index_folder(home), index_folder(tmp_path))
    return store, tmp_path


def served(home: Path) -> list[str]:
    return sorted(path.name for path in index_folder(home).iterdir() if path.is_dir())


def test_every_product_is_there_and_the_unofferable_are_marked(
    built: tuple[ShopStore, Path], embedder: Embedder
) -> None:
    store, home = built
    index = ensure_index(store, home, embedder)
    assert len(index) == 15
    assert len(index.texts) == 13
    marked = {str(index.product_ids[row]) for row in range(len(index)) if not index.offerable[row]}
    assert marked == {"p11", "p13"}
    collection = chroma_client(index.folder).get_collection(PRODUCTS, embedding_function=None)
    assert collection.count() == 15
    assert collection.get(ids=["p11"])["metadatas"][0]["offerable"] is False
    assert collection.get(ids=["p01"])["metadatas"][0]["name"] == "Crushed and cubed ice, 22 lb"


def test_a_second_call_builds_nothing(built: tuple[ShopStore, Path], embedder: Embedder) -> None:
    store, home = built
    before, heard = served(home), Heard()
    ensure_index(store, home, embedder, heard)
    assert heard.calls == []
    assert served(home) == before
    assert describe_index(store, home)["state"] == "ready"


def test_another_catalogue_is_indexed_anew_and_the_old_index_goes(
    copied: tuple[ShopStore, Path], embedder: Embedder
) -> None:
    _, home = copied
    first, heard = served(home), Heard()
    other = make_shop(home / "two", products().head(5), sha="second")
    assert describe_index(other, home)["state"] == "stale"
    assert len(ensure_index(other, home, embedder, heard)) == 5
    assert heard.calls[-1] == ("Indexing products", 5, 5)
    assert len(served(home)) == 1
    assert served(home) != first


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("victim", "harm"), [("vectors.npy", flip), ("products.parquet", cut), ("chroma/chroma.sqlite3", cut)]
)
def test_damage_is_found(copied: tuple[ShopStore, Path], victim: str, harm: Callable[[Path], None]) -> None:
    store, home = copied
    harm(index_folder(home) / served(home)[0] / victim)
    assert describe_index(store, home)["state"] == "damaged"


def test_a_damaged_index_is_built_anew(copied: tuple[ShopStore, Path], embedder: Embedder) -> None:
    store, home = copied
    damaged = served(home)
    flip(index_folder(home) / damaged[0] / "vectors.npy")
    again = ensure_index(store, home, embedder)
    assert served(home) == [again.folder.name] != damaged
    assert search(again, "dog food", 1)[0].category == "DOG FOODS"


def test_an_index_that_fails_its_canaries_never_serves(copied: tuple[ShopStore, Path], embedder: Embedder) -> None:
    _, home = copied
    good = served(home)

    def harm(label: str, done: int, total: int | None) -> None:
        for path in index_folder(home).glob("building-*/vectors.npy"):
            np.save(path, -np.load(path))

    with pytest.raises(ToolFailure, match="failed its check") as failure:
        ensure_index(make_shop(home / "two", products().head(5), sha="second"), home, embedder, harm)
    assert failure.value.code == "index_canary"
    assert served(home) == good


def test_the_canary_tells_a_wrong_index(built: tuple[ShopStore, Path], embedder: Embedder, tmp_path: Path) -> None:
    store, home = built
    copy = tmp_path / "copy"
    shutil.copytree(ensure_index(store, home, embedder).folder, copy)
    assert canary.check_in_child(copy) is None
    client = chroma_client(copy)
    client.get_collection(PRODUCTS, embedding_function=None).delete(ids=["p01"])
    client.close()
    assert canary.check_in_child(copy) == "it holds 14 products, not 15"


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.tools.catalog.shops import make_shop, products
from tools.catalog.embedding import Embedder
from tools.catalog.index import ensure_index

def die(label, done, total):
    if label == "Indexing products":
        os.kill(os.getpid(), signal.SIGKILL)

home, cache = Path(sys.argv[1]), Path(sys.argv[2])
ensure_index(make_shop(home / "two", products().head(5), sha="second"), home, Embedder.load(cache_dir=cache), die)
"""


def test_a_build_that_is_killed_leaves_the_last_good_index(copied: tuple[ShopStore, Path], embedder: Embedder) -> None:
    store, home = copied
    assert embedder.cache is not None
    [good] = served(home)
    child = subprocess.run([sys.executable, "-c", KILLED, str(home), str(embedder.cache.path.parent)], check=False)
    assert child.returncode == -9
    assert any(name.startswith("building-") for name in served(home))
    assert ensure_index(store, home, embedder).folder.name == good
    second = make_shop(home / "two", products().head(5), sha="second")
    assert len(ensure_index(second, home, embedder)) == 5
    assert len(served(home)) == 1


def test_a_shop_without_products_is_said(tmp_path: Path, embedder: Embedder) -> None:
    with pytest.raises(ToolFailure) as failure:
        ensure_index(make_shop(tmp_path / "shop", products().head(0)), tmp_path, embedder)
    assert failure.value.code == "no_table"


def test_without_any_price_goods_are_offered_still() -> None:
    assert drafted(products(price_minor=[None] * 15)).offerable.sum() == 14
