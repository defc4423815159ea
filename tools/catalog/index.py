"""Whether the index that lies there serves, and building a fresh one where it does not."""

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from tools.catalog.build import build
from tools.catalog.embedding import Embedder
from tools.catalog.stored import CatalogIndex, Manifest, Pointer, checksums
from tools.failure import ToolFailure
from tools.shop.layout import sync_tree, write_whole
from tools.shop.report import Progress, silent

if TYPE_CHECKING:
    from tools.shop.store import ShopStore

__all__ = ["CatalogIndex", "describe_index", "ensure_index"]

FORMAT = 5
"""Of the folder; a change of what is written, or of how names are cleaned, raises it."""
RULES = ("abbreviations.yaml", "receipt_names.yaml", "goods.yaml")


def index_folder(home: Path) -> Path:
    return home / "index"


def ensure_index(store: "ShopStore", home: Path, embedder: Embedder, progress: Progress = silent) -> CatalogIndex:
    """The index of the shop's catalogue, built first if there is none, or it is of another catalogue, or damaged.

    Raises:
        ToolFailure: `no_table` where the shop has no products; `no_embedding_model`; `index_running` while another
            process builds; `index_canary` where the new index failed its canary queries. The last good index stays.
    """
    key = _key(store.info.catalog_sha, embedder.model_id)
    root = index_folder(home)
    if (served := _served(root, key)) is not None:
        return CatalogIndex.load(served, embedder)
    if not store.has("products"):
        raise ToolFailure("no_table", "the shop has no products, so there is no catalogue to search", table="products")
    root.mkdir(parents=True, exist_ok=True)
    with _only_builder(root) as building:
        build(store, building, key, embedder, progress)
        folder = _install(root, building, key)
    return CatalogIndex.load(folder, embedder)


def _key(catalog_sha: str, model_id: str) -> str:
    """Names everything that the index is made of: catalogue, model, rules of names and goods, format."""
    digest = sha256(f"{catalog_sha}\n{model_id}\n{FORMAT}\n".encode())
    for name in RULES:
        digest.update(files("tools.catalog").joinpath(name).read_bytes())
    return digest.hexdigest()[:16]


def _served(root: Path, key: str) -> Path | None:
    """The folder that the pointer names, if it was built from `key` and no file of it has changed since."""
    try:
        pointer = Pointer.model_validate_json((root / "current.json").read_text("utf-8"))
        folder = root / pointer.folder
        manifest = Manifest.model_validate_json((folder / "manifest.json").read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    if manifest.key != key or checksums(folder) != manifest.checksums:
        return None
    return folder


@contextmanager
def _only_builder(root: Path) -> Iterator[Path]:
    """An empty folder to build in, held by one process at a time; leftovers of killed builds are removed first."""
    with (root / ".lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another process is building the catalogue index in {root}; wait until it has ended"
            raise ToolFailure("index_running", message, path=str(root)) from error
        for leftover in root.glob("building-*"):
            shutil.rmtree(leftover)
        building = root / f"building-{time.time_ns()}"
        building.mkdir()
        try:
            yield building
        finally:
            shutil.rmtree(building, ignore_errors=True)


def _install(root: Path, building: Path, key: str) -> Path:
    """Sync, rename, point at it; then remove what served before."""
    sync_tree(building)
    folder = root / f"{key}-{time.time_ns():x}"
    building.rename(folder)
    write_whole(root / "current.json", Pointer(folder=folder.name).model_dump_json().encode() + b"\n")
    for old in root.iterdir():
        if old.is_dir() and old != folder and not old.name.startswith("building-"):
            shutil.rmtree(old, ignore_errors=True)
    return folder


def describe_index(store: "ShopStore", home: Path) -> dict[str, object]:
    """The index that lies there, without a model or a query: for `doctor`.

    `state`: ready · missing · stale (of another catalogue, or other rules of names) · damaged (a file changed).
    """
    root = index_folder(home)
    try:
        pointer = Pointer.model_validate_json((root / "current.json").read_text("utf-8"))
        folder = root / pointer.folder
        manifest = Manifest.model_validate_json((folder / "manifest.json").read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {"state": "missing"}
    except ValueError:
        return {"state": "damaged"}
    state = "ready"
    if manifest.key != _key(store.info.catalog_sha, manifest.model_id):
        state = "stale"
    elif checksums(folder) != manifest.checksums:
        state = "damaged"
    facts = manifest.model_dump(include={"model_id", "products", "texts", "build_seconds"})
    return {"state": state, **facts, "products_per_second": round(manifest.products / manifest.build_seconds)}
