"""Customers in Parquet shards, read a batch at a time.

A shard holds one line a customer. `value` and `cost_minor` are either list columns of k numbers, or k columns
`value_0` … `value_<k−1>`; so are `allowed` (bool, optional) and whatever the rows name as their usage. Groups of
customers are bool columns. Plain, uncompressed columns are read fastest: `write_shards` writes them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.problem import Bools, BudgetProblem, Floats, Ints, InvalidProblem

BATCH = 1 << 16
TILE = 1 << 14
"""Customers whose columns are put side by side at a time."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Customers `start` to `start + n` (over all shards): value, cost (n, k), allowed or None, columns by name.

    Its arrays are written over once the next batch has been asked for.
    """

    start: int
    value: Floats
    cost: Ints
    allowed: Bools | None
    usage: dict[str, Floats]
    groups: dict[str, Bools]


class Shards:
    """The shards' shape, and their customers in order.

    Args:
        usage, groups: the columns that the rows name.

    Raises:
        InvalidProblem: a file, column or shape that does not fit, naming it.
    """

    def __init__(self, paths: Sequence[Path], usage: Sequence[str], groups: Sequence[str]) -> None:
        import pyarrow.parquet as pq

        self.paths = paths
        schemas = []
        self.sizes: list[int] = []
        for path in paths:
            with pq.ParquetFile(path) as file:
                schemas.append(file.schema_arrow)
                self.sizes.append(int(file.metadata.num_rows))
        self.n = sum(self.sizes)
        if not self.n:
            raise InvalidProblem(f"The shards hold no customers: {[str(path) for path in paths]}.")
        first = schemas[0]
        self.k = self._actions(first)
        self.has_allowed = "allowed" in first.names or "allowed_0" in first.names
        self.usage, self.groups = tuple(usage), tuple(groups)
        wide = ["value", "cost_minor", *(["allowed"] if self.has_allowed else []), *self.usage]
        for path, schema in zip(paths, schemas, strict=True):
            names = set(schema.names)
            for column in (*wide, *self.groups):
                if column not in names and (column in self.groups or f"{column}_{self.k - 1}" not in names):
                    raise InvalidProblem(f"{path} has no column `{column}` for {self.k} actions.", file=str(path))
        flat = [[name] if name in first.names else [f"{name}_{a}" for a in range(self.k)] for name in wide]
        self.columns = [*(column for columns in flat for column in columns), *self.groups]

    def _actions(self, schema: Any) -> int:
        if "value" not in schema.names:
            return next(a for a in range(len(schema.names) + 1) if f"value_{a}" not in schema.names)
        with _opened(self.paths[0]) as file:
            for batch in file.iter_batches(1, columns=["value"]):
                return len(batch.column(0)[0])
        return 0

    def batches(self) -> Iterator[Batch]:
        """All customers; the next batch is read while the caller works on one."""
        with ThreadPoolExecutor(1) as reader:
            source = self._read()
            coming = reader.submit(next, source, None)
            while (batch := coming.result()) is not None:
                coming = reader.submit(next, source, None)
                yield batch

    def _read(self) -> Iterator[Batch]:
        start = 0
        # Memory of two batches, one read while the other is worked on: fresh pages would cost as much as reading.
        rooms: itertools.cycle[dict[str, NDArray[Any]]] = itertools.cycle(({}, {}))
        for path in self.paths:
            with _opened(path) as file:
                for record in file.iter_batches(BATCH, columns=self.columns):
                    yield self._batch(record, start, next(rooms))
                    start += record.num_rows

    def _batch(self, record: Any, start: int, room: dict[str, NDArray[Any]]) -> Batch:
        return Batch(
            start,
            self._wide(record, "value", np.float64, room),
            self._wide(record, "cost_minor", np.int64, room),
            self._wide(record, "allowed", np.bool_, room) if self.has_allowed else None,
            {name: self._wide(record, name, np.float64, room) for name in self.usage},
            {name: self._flat(name, record.column(name)).astype(np.bool_) for name in self.groups},
        )

    def _wide(self, record: Any, name: str, dtype: type[np.generic], room: dict[str, NDArray[Any]]) -> NDArray[Any]:
        if name in record.schema.names:
            flat = self._flat(name, record.column(name).flatten())
            if len(flat) != record.num_rows * self.k:
                raise InvalidProblem(f"Column `{name}` does not hold {self.k} numbers for each customer.")
            flat = _checked(name, flat, dtype).astype(dtype, copy=False)
            return np.ascontiguousarray(flat.reshape(record.num_rows, self.k))
        columns = [f"{name}_{a}" for a in range(self.k)]
        each = [_checked(c, self._flat(c, record.column(c)), dtype) for c in columns]
        if name not in room:
            room[name] = np.empty((BATCH, self.k), dtype=dtype)
        out = room[name][: record.num_rows]
        for start in range(0, record.num_rows, TILE):
            part = slice(start, start + TILE)
            for a, column in enumerate(each):
                out[part, a] = column[part]
        return out

    def _flat(self, name: str, column: Any) -> NDArray[Any]:
        if column.null_count:
            raise InvalidProblem(f"Column `{name}` has empty cells.", column=name)
        return np.asarray(column.to_numpy(zero_copy_only=False))

    def place(self, i: int) -> str:
        """Where customer `i` stands."""
        for path, size in zip(self.paths, self.sizes, strict=True):
            if i < size:
                return f"{path}, line {i}"
            i -= size
        raise IndexError(i)


def _opened(path: Path) -> Any:
    """A shard, read page by page: buffering ahead would hold whole row groups of every column."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)


def _checked(name: str, array: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    if dtype is np.int64 and array.dtype.kind not in "iu":
        raise InvalidProblem(f"Column `{name}` must hold integers, it holds {array.dtype}.", column=name)
    return array


def shard_paths(paths: Path | str | Sequence[Path | str]) -> list[Path]:
    """A folder's `*.parquet` in the order of their names, or the paths given.

    Raises:
        InvalidProblem: there are none.
    """
    if isinstance(paths, str | Path):
        folder = Path(paths)
        found = sorted(folder.glob("*.parquet")) if folder.is_dir() else [folder]
    else:
        found = [Path(path) for path in paths]
    missing = [str(path) for path in found if not path.is_file()]
    if missing or not found:
        raise InvalidProblem(f"There are no shards at {missing or paths!r}.")
    return found


def write_shards(
    problem: BudgetProblem,
    folder: Path | str,
    columns: Mapping[str, NDArray[Any]] | None = None,
    *,
    customers_a_shard: int = 1 << 22,
) -> list[Path]:
    """A problem's customers as shards; its budget and rows are given to `solve_sharded`.

    Args:
        columns: what the rows name: usages (n, k) or groups (n,) bool.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    wide: dict[str, NDArray[Any]] = {"value": problem.value, "cost_minor": problem.cost_minor}
    wide |= {} if problem.allowed is None else {"allowed": problem.allowed}
    wide |= {name: array for name, array in (columns or {}).items() if array.ndim == 2}
    flat = {name: array for name, array in (columns or {}).items() if array.ndim == 1}
    Path(folder).mkdir(parents=True, exist_ok=True)
    paths = []
    for s, start in enumerate(range(0, problem.n, customers_a_shard)):
        part = slice(start, start + customers_a_shard)
        table = {f"{name}_{a}": array[part, a] for name, array in wide.items() for a in range(problem.k)}
        paths.append(Path(folder) / f"shard-{s:05d}.parquet")
        pq.write_table(
            pa.table(table | {name: array[part] for name, array in flat.items()}),
            paths[-1],
            use_dictionary=False,
            compression="none",
            row_group_size=1 << 18,
        )
    return paths
