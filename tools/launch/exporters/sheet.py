"""CSV files for another system's import: its column names, its size limit, and no cell that a spreadsheet executes.

A leading apostrophe would spoil an address, so what must not be changed (E.164 numbers, which a spreadsheet reads as
numbers) is let through as it is, and everything else that starts like a formula is made inert.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from tools.failure import ToolFailure
from tools.launch.exporters.types import Writers
from tools.launch.files import inert

_E164 = re.compile(r"\+[1-9]\d{5,14}")
MB = 1_000_000


def sheet(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, most_bytes: int | None = None
) -> Writers:
    """`NAME.csv`, or `NAME-1.csv`, `NAME-2.csv` … where one file would be larger than the target takes.

    RFC 4180, UTF-8 without a byte order mark, CRLF. Every file has the header.

    Raises:
        ToolFailure: `row_too_large` where one row alone is over the limit.
    """
    head = _line(columns)
    chunks: list[list[bytes]] = []
    size = 0
    for number, row in enumerate(rows, start=1):
        line = _line(row)
        if most_bytes is not None and len(head) + len(line) > most_bytes:
            raise ToolFailure("row_too_large", f"row {number} of {name} alone is larger than {most_bytes:,} bytes")
        if not chunks or (most_bytes is not None and size + len(line) > most_bytes):
            chunks.append([head])
            size = len(head)
        chunks[-1].append(line)
        size += len(line)
    chunks = chunks or [[head]]
    names = [f"{name}.csv"] if len(chunks) == 1 else [f"{name}-{n}.csv" for n in range(1, len(chunks) + 1)]
    return {name: _writer(chunk) for name, chunk in zip(names, chunks, strict=True)}


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return text.getvalue().encode("utf-8", "replace")


def _cell(text: str) -> str:
    return text if _E164.fullmatch(text) else str(inert(text))


def _writer(lines: list[bytes]) -> Callable[[Path], None]:
    return partial(_write, b"".join(lines))


def _write(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def left_out(target: str, people: Iterable[tuple[str, str]]) -> Writers:
    """`TARGET-left-out.csv` where somebody was left out; nothing is dropped unseen."""
    rows = list(people)
    return sheet(f"{target}-left-out", ("customer_id", "reason"), rows) if rows else {}
