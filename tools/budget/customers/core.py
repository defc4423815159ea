"""The core: the customers for whom more than one action is nearly best at λ*, and what the others leave them.

The loss of giving customer i action a instead of the best at λ* is exact: L_ia = max_b red_ib − red_ia ≥ 0, and
    g(λ*) − value(x) = Σ_i L_i,x(i) + Σ_r |λ_r| · (slack of row r's priced side)
for every feasible x. So only pairs with a loss below the gap matter, and the gap of a plan is a sum to be made small.
Customers alike in every number are one group with a count, so that ties (scores by segment) cost nothing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers import twin
from tools.budget.customers.data import Customers
from tools.budget.customers.exact_rows import IntegerRow
from tools.budget.customers.oracle import _extra as dense_prices
from tools.budget.customers.problem import Floats, Ints


@dataclass(frozen=True, eq=False)
class Core:
    """Groups of alike customers and their alternatives (no contact is action k, where open).

    group, action, value, loss (J,); usage (J, R) in integer units; count (G,); `room_low`, `room_high` (R,): what the
    limits leave the core. `y` (J,): how many customers of its group have the alternative. `members[g]`: indices.
    Alternatives are sorted by group.
    """

    group: NDArray[np.intp]
    action: NDArray[np.intp]
    value: Floats
    loss: Floats
    usage: Ints
    count: Ints
    members: tuple[NDArray[np.intp], ...]
    room_low: Ints
    room_high: Ints
    y: Ints
    no_contact: int

    @property
    def used(self) -> Ints:
        return np.asarray(self.y @ self.usage, dtype=np.int64)

    @property
    def feasible(self) -> bool:
        used = self.used
        return bool((used <= self.room_high).all() and (used >= self.room_low).all())

    @property
    def total(self) -> float:
        return float(self.value @ self.y)

    def with_y(self, y: Ints) -> Core:
        return replace(self, y=y)

    def of(self, action: NDArray[np.int16]) -> Ints:
        """(J,) the plan `action` of everyone as counts of this core's alternatives; `y` where it uses another."""
        group = np.repeat(np.arange(len(self.count)), self.count)
        who = np.concatenate(self.members)
        wide = self.no_contact + 1
        what = np.where(action[who] < 0, self.no_contact, action[who])
        # Alternatives are sorted by group, and by action within it.
        every = self.group * wide + self.action
        place = np.minimum(np.searchsorted(every, group * wide + what), len(every) - 1)
        if not np.array_equal(every[place], group * wide + what):
            return self.y
        return np.bincount(place, minlength=len(self.group)).astype(np.int64)

    def choices(self) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """(customers, actions): the alternatives dealt out to the groups' members in order; no contact is −1."""
        if not self.members:
            return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64)
        # Alternatives and members are both sorted by group, and the counts of a group add up to its members.
        what = np.repeat(np.where(self.action == self.no_contact, -1, self.action), self.y)
        return np.concatenate(self.members), what.astype(np.int64)


@dataclass(frozen=True, eq=False)
class Losses:
    """(n, k + 1) losses of some customers at λ*, column k being no contact; inf where not allowed."""

    customers: Customers
    loss: Floats

    @property
    def best(self) -> NDArray[np.intp]:
        return np.asarray(self.loss.argmin(axis=1), dtype=np.intp)

    @property
    def choice(self) -> twin.Choice:
        """The best actions, −1 for no contact."""
        best = self.best
        return np.where(best < self.customers.k, best, -1).astype(np.int16)

    def second(self) -> Floats:
        """The loss of the second-best alternative of each customer."""
        if self.loss.shape[1] < 2:
            return np.full(len(self.loss), np.inf)
        return np.partition(self.loss, 1, axis=1)[:, 1]


def losses(customers: Customers, lam: Floats) -> Losses:
    red = reduced_values(customers, lam)
    both = np.column_stack([red, np.zeros(customers.n)])
    return Losses(customers, both.max(axis=1, keepdims=True) - both)


def reduced_values(customers: Customers, lam: Floats) -> Floats:
    """(n, k) v − Σ_r λ_r u_r."""
    allowed = np.zeros((0, 0), dtype=np.bool_) if customers.allowed is None else customers.allowed
    return twin.reduced(
        customers.value, customers.cost, float(lam[0]), customers.pattern, customers.table_prices(lam),
        dense_prices(customers, lam), allowed,
    )  # fmt: skip


def usage_units(customers: Customers, who: NDArray[np.intp], what: NDArray[np.intp], rows: list[IntegerRow]) -> Ints:
    """(len(who), R) usage of the pairs (who, what) in integer units; what = k is no contact."""
    k = customers.k
    contact = what < k
    a = np.where(contact, what, 0)
    place = {int(r): t for t, r in enumerate(customers.table_rows)}
    dense = {d.index: d.usage for d in customers.dense}
    units = np.zeros((len(who), len(rows)), dtype=np.int64)
    for c, row in enumerate(rows):
        if row.index == 0:
            units[:, c] = customers.cost[who, a]
        elif row.index in place:
            units[:, c] = row.units(customers.table[customers.pattern[who], place[row.index], a])
        else:
            units[:, c] = row.units(dense[row.index][who, a])
    units[~contact] = 0
    return units


def build_core(
    found: Losses,
    who: NDArray[np.intp],
    most_loss: float,
    rows: list[IntegerRow],
    room: tuple[Ints, Ints],
    indices: NDArray[np.intp],
    *,
    keep_no_contact: bool,
) -> Core:
    """The core of customers `who` (positions in `found`) with their alternatives of at most `most_loss`.

    With `keep_no_contact` anyone can be dropped, whatever the loss. `indices` are the customers' numbers outside;
    `room` is what the limits leave to these customers.
    """
    loss = found.loss[who]
    k = found.customers.k
    kept = (loss <= most_loss) & np.isfinite(loss)
    kept[np.arange(len(who)), loss.argmin(axis=1)] = True
    kept[:, k] |= keep_no_contact
    first, group_of = _alike(found.customers, who, kept)
    members = tuple(indices[who[part]] for part in _parts(group_of, len(first)))
    group, action = np.nonzero(kept[first])
    owner = who[first][group]
    contact = action < k
    value = np.where(contact, found.customers.value[owner, np.where(contact, action, 0)], 0.0)
    core = Core(
        group=group,
        action=action,
        value=value,
        loss=found.loss[owner, action],
        usage=usage_units(found.customers, owner, action, rows),
        count=np.array([len(m) for m in members], dtype=np.int64),
        members=members,
        room_low=room[0],
        room_high=room[1],
        y=np.zeros(len(group), dtype=np.int64),
        no_contact=k,
    )
    return core.with_y(best_start(core))


def best_start(core: Core) -> Ints:
    """Everyone at the alternative of least loss (the first of equals)."""
    y = np.zeros(len(core.group), dtype=np.int64)
    order = np.lexsort((core.action, core.loss, core.group))
    first = order[np.r_[True, core.group[order][1:] != core.group[order][:-1]]] if len(order) else order
    y[first] = core.count
    return y


def _parts(group_of: NDArray[np.intp], groups: int) -> list[NDArray[np.intp]]:
    order = np.argsort(group_of, kind="stable")
    edges = np.searchsorted(group_of[order], np.arange(groups + 1))
    return [order[a:b] for a, b in itertools.pairwise(edges)]


def _alike(
    customers: Customers, who: NDArray[np.intp], kept: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(first of each group, group of each): customers equal in value, cost, rows and alternatives, byte by byte."""
    columns = [customers.value[who].view(np.uint64), customers.cost[who].view(np.uint64)]
    columns += [customers.pattern[who].astype(np.uint64)[:, None], kept.astype(np.uint64)]
    columns += [np.ascontiguousarray(d.usage[who]).view(np.uint64) for d in customers.dense]
    table = np.ascontiguousarray(np.hstack(columns))
    lines = table.view(np.dtype((np.void, table.dtype.itemsize * table.shape[1]))).ravel()
    _, first, group_of = np.unique(lines, return_index=True, return_inverse=True)
    # Groups are numbered by their first customer, so that the answer does not depend on byte order.
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[group_of]
