"""Pairwise overlaps."""

from tests.tools.segments.naive import Naive
from tests.tools.segments.shops import AS_OF
from tools.segments.filter import Attribute, Bought, Everyone, Filter, Not, Scope
from tools.segments.overlap import segment_overlap
from tools.shop.store import ShopStore


def test_overlap_counts_who_matches_both(small: ShopStore, naive: Naive) -> None:
    tea = Bought(scope=Scope(categories=("TEA",)))
    filters: dict[str, Filter] = {
        "tea": tea,
        "no tea": Not(of=tea),
        "gold, all": Attribute(column="tier", values=("Gold",)),
        "": Everyone(),
    }
    found = segment_overlap(filters, small, AS_OF)
    sets = {name: naive.matching(f) for name, f in filters.items()}
    for a in filters:
        for b in filters:
            assert found.loc[a, b] == len(sets[a] & sets[b])
    assert found.loc["tea", "no tea"] == 0
    assert segment_overlap({}, small, AS_OF).empty
