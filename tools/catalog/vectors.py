"""Vectors that were computed before, on disk: one SQLite file, keyed by model and text.

A brief's phrases and a catalogue's texts return unchanged run after run; with the file they need no model at all.
It is a cache: a missing or damaged file is made anew.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_SCHEMA = """
create table if not exists vectors (model text, text text, vector blob, primary key (model, text)) without rowid;
create table if not exists weights (path text primary key, size integer, mtime_ns integer, sha text) without rowid;
"""
_CHUNK = 500


@dataclass(frozen=True)
class VectorCache:
    path: Path

    def get(self, model: str, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Those of the texts that are known."""
        found: dict[str, NDArray[np.float32]] = {}
        with self._open() as con:
            for start in range(0, len(texts), _CHUNK):
                chunk = texts[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                rows = con.execute(
                    f"select text, vector from vectors where model = ? and text in ({marks})", (model, *chunk)
                )
                found.update((text, np.frombuffer(blob, dtype=np.float32)) for text, blob in rows)
        return found

    def put(self, model: str, vectors: dict[str, NDArray[np.float32]]) -> None:
        rows = [(model, text, vector.astype(np.float32).tobytes()) for text, vector in vectors.items()]
        with self._open() as con:
            con.executemany("insert or replace into vectors values (?, ?, ?)", rows)

    def weights_sha(self, path: Path) -> str:
        """SHA-256 of a weights file, read again only when its size or time changes."""
        stat = path.stat()
        key = (str(path.resolve()), stat.st_size, stat.st_mtime_ns)
        with self._open() as con:
            row = con.execute("select sha from weights where path = ? and size = ? and mtime_ns = ?", key).fetchone()
            if row is None:
                row = (sha256(path),)
                con.execute("insert or replace into weights values (?, ?, ?, ?)", (*key, row[0]))
        return str(row[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connected()) as con, con:
            yield con

    def _connected(self) -> sqlite3.Connection:
        con = sqlite3.connect(self.path, timeout=30)
        try:
            con.executescript(_SCHEMA)
        except sqlite3.DatabaseError:
            con.close()
            self.path.unlink(missing_ok=True)
            con = sqlite3.connect(self.path, timeout=30)
            con.executescript(_SCHEMA)
        return con


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
