"""Customers gathered bit by bit out of more than fit in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.data import Customers, DenseRow

ROOM = 1.125
"""How much larger the arrays are made when they are full."""


class Gathering:
    """Grows its arrays in place: a list of bits joined at the end would hold all of them twice."""

    def __init__(self) -> None:
        self.first: Customers | None = None
        self.arrays: list[NDArray[Any]] = []
        self.n = 0

    def add(self, part: Customers) -> None:
        columns = _columns(part)
        if self.first is None:
            self.first = part.take(slice(0, 0))
            self.arrays = [np.empty((0, *column.shape[1:]), dtype=column.dtype) for column in columns]
        end = self.n + part.n
        for array, column in zip(self.arrays, columns, strict=True):
            if end > len(array):
                array.resize((int(end * ROOM), *array.shape[1:]), refcheck=False)
            array[self.n : end] = column
        self.n = end

    def customers(self) -> Customers:
        """All that were added; at least one part was. Nothing can be added after."""
        if self.first is None:
            raise RuntimeError("nothing was gathered")
        for array in self.arrays:
            array.resize((self.n, *array.shape[1:]), refcheck=False)
        first, arrays = self.first, iter(self.arrays)
        value, cost, pattern = next(arrays), next(arrays), next(arrays)
        allowed = None if first.allowed is None else next(arrays)
        dense = tuple(DenseRow(d.index, next(arrays)) for d in first.dense)
        return Customers(value, cost, allowed, pattern, first.table, first.table_rows, dense)


def _columns(part: Customers) -> list[NDArray[Any]]:
    allowed = [] if part.allowed is None else [part.allowed]
    return [part.value, part.cost, part.pattern, *allowed, *(d.usage for d in part.dense)]
