"""The cells as a CP-SAT model: integer customers, integer money, and the rules only integers express.

Values and costs go in as the integers they are, so that CP-SAT's "optimal" is of the true problem. Where the sums
could leave CP-SAT's 64 bits, values are rounded down and costs up by a common divisor: a plan still holds every
limit, and is then never called optimal (`CellModel.exact` is false).

Switches (0/1):  y_so: option o is used in segment s,  l·y ≤ Σ_g x_go ≤ n_s·y  with l the smallest cell
                 w_sf: offer f is used in segment s,   w ≥ y;  Σ_f w_sf ≤ k;  Σ_s w_sf ≤ k_f;  w_sf + w_sf' ≤ 1
                 z_c:  channel c is used,              b·z ≤ Σ c_o x_go,  Σ x_go ≤ N·z
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tools.budget.cells.problem import MICRO
from tools.budget.cells.programme import LinearRow, Programme

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SAFE = 1 << 60
"""Largest sum handed to CP-SAT, which refuses models whose sums may leave 64 bits."""


class CellModel:
    """A CP-SAT model of one programme, without an objective.

    Args:
        domains: (lowest, highest) customers of each variable; by default 0 to the group's size.
        least: customers of each group that must be contacted; by default 0.
    """

    def __init__(
        self,
        programme: Programme,
        domains: Sequence[tuple[int, int]] | None = None,
        least: Sequence[int] | None = None,
    ) -> None:
        from ortools.sat.python import cp_model

        self.cp = cp_model
        self.programme = programme
        self.model = cp_model.CpModel()
        domains = domains or [(0, v.upper) for v in programme.variables]
        self.x = [self.model.new_int_var(low, high, f"x{j}") for j, (low, high) in enumerate(domains)]
        self.exact = True
        for g, members in enumerate(programme.members):
            if members:
                size = programme.variables[members[0]].upper
                low = least[g] if least else 0
                self.model.add_linear_constraint(sum(self.x[j] for j in members), low, size)
        for row in programme.rows:
            self._add_row(row)
        self._add_switches()

    def divisor(self, coefficients: tuple[int, ...]) -> int:
        """The common divisor, or a greater one where the sum would not fit; that costs exactness."""
        total = sum(abs(a) * v.upper for a, v in zip(coefficients, self.programme.variables, strict=True))
        divisor = math.gcd(*coefficients) or 1
        if total // divisor >= SAFE:
            self.exact = False
            divisor = -(-total // SAFE)
        return divisor

    def weighted(self, coefficients: list[int]) -> cp_model.LinearExprT:
        return self.cp.LinearExpr.weighted_sum(self.x, coefficients)

    def value(self) -> tuple[cp_model.LinearExprT, int]:
        """The margin, divided by the divisor that comes with it."""
        d = self.divisor(self.programme.value)
        return self.weighted([v // d for v in self.programme.value]), d

    def cost(self) -> cp_model.LinearExprT:
        d = self.divisor(self.programme.cost)
        return self.weighted([-(-c // d) for c in self.programme.cost])

    def hint(self, x: Sequence[int]) -> None:
        self.model.clear_hints()
        for variable, n in zip(self.x, x, strict=True):
            self.model.add_hint(variable, n)

    def _add_row(self, row: LinearRow) -> None:
        d = self.divisor(row.coefficients)
        if row.upper is not None:
            self.model.add(self.weighted([-(-a // d) for a in row.coefficients]) <= row.upper // d)
        if row.lower is not None:
            self.model.add(self.weighted([a // d for a in row.coefficients]) >= -(-row.lower // d))

    def _add_switches(self) -> None:
        limits = self.programme.problem.limits
        counts_offers = limits.max_offers_per_segment is not None or limits.max_segments_per_offer
        if limits.min_cell > 1 or counts_offers or limits.exclusive_offers:
            used = self._use_of_options(max(limits.min_cell, 1))
            if counts_offers or limits.exclusive_offers:
                self._offer_rules(used)
        for channel, least in sorted(limits.min_channel_spend_minor.items()):
            js = [j for j in range(len(self.x)) if self.programme.option(j).channel == channel]
            if js and least:
                self._channel_minimum(js, least * MICRO)

    def _use_of_options(self, least: int) -> dict[tuple[str, str], list[cp_model.IntVar]]:
        cells: dict[int, list[int]] = {}
        for j, v in enumerate(self.programme.variables):
            cells.setdefault(v.option, []).append(j)
        used: dict[tuple[str, str], list[cp_model.IntVar]] = {}
        for o, js in cells.items():
            option = self.programme.problem.options[o]
            y = self.model.new_bool_var(f"y{o}")
            count = sum(self.x[j] for j in js)
            self.model.add(count >= least * y)
            self.model.add(count <= sum(self.programme.variables[j].upper for j in js) * y)
            used.setdefault((option.segment_id, option.offer_id), []).append(y)
        return used

    def _offer_rules(self, used: dict[tuple[str, str], list[cp_model.IntVar]]) -> None:
        limits = self.programme.problem.limits
        w: dict[tuple[str, str], cp_model.IntVar] = {}
        for i, (key, ys) in enumerate(used.items()):
            w[key] = self.model.new_bool_var(f"w{i}")
            for y in ys:
                self.model.add_implication(y, w[key])
        segments = sorted({s for s, _ in w})
        if limits.max_offers_per_segment is not None:
            for s in segments:
                self.model.add(sum(b for (t, _), b in w.items() if t == s) <= limits.max_offers_per_segment)
        for offer, most in sorted(limits.max_segments_per_offer.items()):
            self.model.add(sum(b for (_, f), b in w.items() if f == offer) <= most)
        for a, b in limits.exclusive_offers:
            for s in segments:
                if (s, a) in w and (s, b) in w:
                    self.model.add_bool_or(~w[s, a], ~w[s, b])

    def _channel_minimum(self, js: list[int], least_micro: int) -> None:
        z = self.model.new_bool_var("")
        variables, members = self.programme.variables, set(js)
        self.model.add(sum(self.x[j] for j in js) <= sum(variables[j].upper for j in js) * z)
        costs = tuple(self.programme.cost[j] if j in members else 0 for j in range(len(self.x)))
        d = self.divisor(costs)
        self.model.add(self.weighted([a // d for a in costs]) >= -(-least_micro // d) * z)
