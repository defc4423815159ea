"""A CSV file as text, with the row number that a spreadsheet shows, and nothing of it lost on the way.

What cannot be read with certainty (another encoding, NUL bytes, a quote that swallows rows) refuses the file and says
where. A row with too many or too few cells is set aside as it stands.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.naming import aside, check_names
from tools.shop.textbytes import check_text

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 32 << 20
"""Bytes that pyarrow parses at a time; no row may be longer."""
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class CsvTable:
    """`rows`: text columns and `source_row` (the header is row 1); `ragged`: rows that do not fit the header."""

    rows: "pa.Table"
    ragged: tuple[tuple[int, str, str], ...]
    """(source_row, the row as it stands, what is wrong with it)."""
    blank: int
    """Blank lines, which hold nothing and were passed over."""


def read_csv(path: Path) -> CsvTable:
    """Read a CSV file with a header; the delimiter is the one that the header uses most.

    Raises:
        ToolFailure: `bad_file` with the row or byte where the file cannot be read; `empty_table` for no rows at all.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    check_text(path)
    names, delimiter = _header(path)
    ragged: list[tuple[int, str, str]] = []

    def set_aside(row: "pc.InvalidRow") -> str:
        words = f"has {row.actual_columns} cells where the header has {row.expected_columns}"
        ragged.append((row.number, row.text, words))
        return "skip"

    try:
        table = pc.read_csv(
            path,
            read_options=pc.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names, skip_rows=1),
            parse_options=pc.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                # A blank line must be counted, or every row number after it would be wrong.
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=pc.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error) or "Could not skip" in str(error):
            # A header with nothing after it, not even the end of its line.
            table = pa.table({name: pa.array([], pa.string()) for name in names})
        else:
            message = f"{path} cannot be read as CSV: {error}; look for a quote that is never closed"
            raise ToolFailure("bad_file", message, file=str(path)) from error
    numbered = _number(table, {row for row, _, _ in ragged})
    _check_quotes(path, numbered, ragged, delimiter)
    return _without_blank(numbered, tuple(ragged))


def _header(path: Path) -> tuple[list[str], str]:
    """Column names as written, and the delimiter. A column without a name gets `column_<n>`."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        line = handle.readline(1 << 20).rstrip("\r\n")
    if not line.strip():
        raise ToolFailure("bad_file", f"{path}: row 1 is blank; it must name the columns", file=str(path))
    split = {delimiter: next(csv.reader(io.StringIO(line), delimiter=delimiter)) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda candidate: len(split[candidate]))
    if line.count('"') % 2:
        raise ToolFailure("bad_file", f"{path}: a quote in row 1 is never closed", file=str(path))
    names = [aside(name.strip()) or f"column_{number}" for number, name in enumerate(split[delimiter], 1)]
    return check_names(path, names), delimiter


def _number(table: "pa.Table", ragged: set[int]) -> "pa.Table":
    """Add `source_row`: rows from 2 on, without the numbers of the ragged ones."""
    import numpy as np
    import pyarrow as pa

    numbers = np.arange(2, 2 + table.num_rows + len(ragged), dtype=np.int64)
    if ragged:
        numbers = numbers[~np.isin(numbers, np.fromiter(ragged, dtype=np.int64))]
    return table.append_column("source_row", pa.array(numbers))


def _check_quotes(path: Path, table: "pa.Table", ragged: list[tuple[int, str, str]], delimiter: str) -> None:
    """Refuse the file where a quote that was opened and not closed has swallowed the rows after it.

    pyarrow forgives that. So where any cell runs over several lines, the file is read once more by a strict parser,
    and cells that hold what looks like whole rows are refused too.
    """
    import pyarrow.compute as pc

    separators = max(table.num_columns - 2, 2)
    row_within = rf"[\r\n][^\r\n{delimiter}]*([{delimiter}][^\r\n{delimiter}]*){{{separators}}}(\r|\n|$)"
    long = {name: pc.match_substring_regex(table[name], r"[\r\n]") for name in table.column_names[:-1]}
    long = {name: cells for name, cells in long.items() if pc.any(cells).as_py()}
    for name, cells in long.items():
        suspects = table.filter(cells)
        swallowed = suspects.filter(pc.match_substring_regex(suspects[name], row_within))
        if swallowed.num_rows:
            _refuse_quote(path, f"row {swallowed['source_row'][0].as_py()}, in `{name}`,")
    for row, text, _ in ragged:
        if "\n" in text.strip() or "\r" in text.strip():
            _refuse_quote(path, f"row {row}")
    if not long:
        return
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle, delimiter=delimiter, strict=True)
        try:
            for _ in reader:
                pass
        except csv.Error:
            _refuse_quote(path, f"or before line {reader.line_num}")


def _refuse_quote(path: Path, where: str) -> None:
    message = f"{path}: a quote opened in {where} is not closed where it should be, and swallows rows; correct it"
    raise ToolFailure("bad_file", message, file=str(path))


def _without_blank(table: "pa.Table", ragged: tuple[tuple[int, str, str], ...]) -> CsvTable:
    """Drop blank lines: rows without any cell, and lines too short to be rows."""
    import pyarrow.compute as pc

    filled = None
    for name in table.column_names[:-1]:
        valid = pc.is_valid(table[name])
        filled = valid if filled is None else pc.or_(filled, valid)
    rows = table.filter(filled)
    blank_ragged = sum(not text.strip() for _, text, _ in ragged)
    kept = tuple(row for row in ragged if row[1].strip())
    return CsvTable(rows, kept, table.num_rows - rows.num_rows + blank_ragged)
