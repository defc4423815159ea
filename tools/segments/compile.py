"""A resolved filter as one Ibis expression over the shop's tables.

Negation is pushed down to the leaves (De Morgan), where it means what the filter language says: the customers of the
shop who are not in the set, but never a customer whose attribute is missing. So a missing age matches neither
"under 35" nor "not under 35", however deep the two are nested.

All literals go through Ibis; nothing of a filter is ever formatted into SQL.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.segments.attributes import attribute_predicate
from tools.segments.conditions import bought, contacted, measured, ranked, tenure
from tools.segments.filter import AllOf, AnyOf, Attribute, Bought, Contacted, Everyone, Filter, Measure, Not, Ranked
from tools.segments.walk import unresolved_phrases

if TYPE_CHECKING:
    import ibis

    from tools.shop.store import ShopStore


def compile_filter(f: Filter, store: ShopStore, as_of: date) -> ibis.Table:
    """The customers who match, as of `as_of`: one column `customer_id`, distinct.

    Raises:
        ToolFailure: `unresolved_terms` where the filter still holds the brief's words; `unknown_attribute`,
            `unknown_value` or `no_table` where it asks for what the shop does not have; `unsupported_condition` for
            a combination without a meaning.
    """
    customers = store.table("customers", as_of)
    return customers.filter(predicate(f, store, as_of)).select("customer_id").distinct()


def predicate(f: Filter, store: ShopStore, as_of: date) -> ibis.Value:
    """The filter as a boolean over the rows of `store.table("customers", as_of)`. Raises as `compile_filter`."""
    phrases = unresolved_phrases(f)
    if phrases:
        quoted = ", ".join(f"“{phrase}”" for phrase in phrases)
        message = (
            f"The words {quoted} are not resolved to anything in the shop; say which products or values are meant."
        )
        raise ToolFailure("unresolved_terms", message, phrases=list(phrases))
    return _Compiler(store, as_of, store.table("customers", as_of)).condition(f, negated=False)


def to_sql(f: Filter, store: ShopStore, as_of: date) -> str:
    """The DuckDB SQL of the filter, for showing; the plan itself runs the expression."""
    import ibis

    return str(ibis.to_sql(compile_filter(f, store, as_of), dialect="duckdb", pretty=True))


@dataclass(frozen=True)
class _Compiler:
    store: ShopStore
    as_of: date
    customers: ibis.Table

    def condition(self, f: Filter, *, negated: bool) -> ibis.Value:
        if isinstance(f, Not):
            return self.condition(f.of, negated=not negated)
        if isinstance(f, AllOf | AnyOf):
            parts = [self.condition(part, negated=negated) for part in f.of]
            joined_by_and = isinstance(f, AllOf) != negated
            return reduce(operator.and_ if joined_by_and else operator.or_, parts)
        return self._leaf(f, negated=negated)

    def _leaf(self, f: Everyone | Bought | Measure | Ranked | Attribute | Contacted, *, negated: bool) -> ibis.Value:
        import ibis

        if isinstance(f, Attribute):
            return attribute_predicate(f, self.customers, self.store, negated=negated)
        if isinstance(f, Measure) and f.measure == "tenure_days":
            return self._among(tenure(f, self.store, self.as_of, negated=negated), negated=False)
        if isinstance(f, Measure):
            members = measured(f, self.store, self.as_of)
            return self._among(members.ids, negated=negated != members.complement)
        if isinstance(f, Bought):
            return self._among(bought(f, self.store, self.as_of), negated=negated)
        if isinstance(f, Ranked):
            return self._among(ranked(f, self.store, self.as_of), negated=negated)
        if isinstance(f, Contacted):
            return self._among(contacted(f, self.store, self.as_of), negated=negated)
        return ibis.literal(not negated)

    def _among(self, ids: ibis.Table, *, negated: bool) -> ibis.Value:
        inside = self.customers.customer_id.isin(ids.customer_id)
        return ~inside if negated else inside
