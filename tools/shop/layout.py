"""Where the shop lies on the disk, and how a file gets there whole.

    home/shop/current.json                       which version is the shop; replaced by rename
    home/shop/versions/<version>/shop.json       ShopInfo
    home/shop/versions/<version>/<table>.parquet
    home/shop/versions/<version>/quarantine/<table>.csv
    home/shop/building-<pid>/                    an import under way, or the leftovers of one that was killed
    home/shop/.lock                              held by the one import that may run

`<version>` is a hash of the folder's content, so the same input is the same version.
"""

import fcntl
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.failure import ToolFailure
from tools.vocabulary import Model

SCHEMA_VERSION = 1
KEPT_VERSIONS = 2
"""The current one, and the one before it: a reader may have it open while an import switches."""


class Pointer(Model):
    """`current.json`."""

    schema_version: int = SCHEMA_VERSION
    version: str


def shop_folder(home: Path) -> Path:
    return home / "shop"


def version_folder(home: Path, version: str) -> Path:
    return shop_folder(home) / "versions" / version


def current_version(home: Path) -> str | None:
    """The version that the pointer names, or None where no shop was ever imported.

    Raises:
        ToolFailure: `corrupt_shop` where the pointer cannot be read.
    """
    path = shop_folder(home) / "current.json"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        pointer = Pointer.model_validate_json(text)
    except ValueError as error:
        raise ToolFailure(
            "corrupt_shop", f"{path} is damaged; run `briefsmith import` or `briefsmith demo` again", file=str(path)
        ) from error
    return pointer.version


def switch(home: Path, version: str) -> None:
    """Make `version` the shop: one rename, so that a reader sees the old one or the new one."""
    write_whole(shop_folder(home) / "current.json", Pointer(version=version).model_dump_json().encode() + b"\n")


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file by temporary file, fsync and rename."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    temporary.write_bytes(content)
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """fsync of a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """fsync of every file and folder under `folder`, and of `folder`."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


@contextmanager
def building(home: Path) -> Iterator[Path]:
    """An empty folder to build a version in, held by one import at a time; gone afterwards unless it was renamed.

    Leftovers of imports that were killed are removed first: the kernel lets the lock go with its holder.

    Raises:
        ToolFailure: `import_running` while another import into this home runs.
        OSError: where the home cannot be written.
    """
    root = shop_folder(home)
    root.mkdir(parents=True, exist_ok=True)
    lock = (root / ".lock").open("w", encoding="utf-8")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another import into {root} is running; wait until it has ended"
            raise ToolFailure("import_running", message, path=str(root)) from error
        _clean(root)
        folder = root / f"building-{os.getpid()}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _clean(root: Path) -> None:
    for leftover in (*root.glob("building-*"), *root.glob(".current.json.*")):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def discard(home: Path, version: str) -> None:
    """Remove a version that nothing points at. It leaves `versions` whole, by rename, so no half of it can stay."""
    bin_folder = shop_folder(home) / f"building-{os.getpid()}-discarded"
    version_folder(home, version).rename(bin_folder)
    shutil.rmtree(bin_folder)


def drop_old_versions(home: Path, keep: str) -> None:
    """Remove all but the newest `KEPT_VERSIONS`, never `keep`."""
    versions = sorted((shop_folder(home) / "versions").iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    others = [path.name for path in versions if path.name != keep]
    for version in others[KEPT_VERSIONS - 1 :]:
        discard(home, version)


def canonical_json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
