"""Writing a folder so that it is whole or not there: temp file, fsync, rename; and CSV that no spreadsheet executes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: text that starts like one gets a leading apostrophe (OWASP)."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """UTF-8 with CRLF-safe quoting; text cells made inert. Phone numbers keep their plus behind the apostrophe."""
    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype == "object" or str(safe[column].dtype).startswith("str"):
            safe[column] = safe[column].map(inert)
    safe.to_csv(path, index=False, encoding="utf-8")


def write_folder(folder: Path, writers: Mapping[str, Callable[[Path], None]], owned: Collection[str] = ()) -> None:
    """Write every file of a folder, or none.

    The files are made in a fresh folder beside it and synced. If `folder` is not there yet, one rename puts it in
    place; else its files are replaced one by one, the last of `writers` last, so that this one vouches for the rest.
    Of the other files in the folder, those named in `owned` are an earlier package's and go; the rest is left alone.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, write in writers.items():
            write(fresh / name)
            _sync(fresh / name)
        if folder.exists():
            for name in set(owned) - set(writers):
                (folder / name).unlink(missing_ok=True)
            for name in writers:
                (fresh / name).replace(folder / name)
        else:
            fresh.chmod(0o755)
            fresh.rename(folder)
        _sync(folder)
        _sync(folder.parent)
    finally:
        if fresh.exists():
            shutil.rmtree(fresh)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
