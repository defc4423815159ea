"""The shop's own vocabulary: what the words of a brief can be resolved to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from tools.catalog.names import display_category
from tools.catalog.receipt import by_rule
from tools.segments.attributes import attribute_columns, attribute_values, is_number
from tools.segments.bands import Band, parse_bands
from tools.segments.concepts import is_junk, product_concepts, runs
from tools.segments.text import Tokens, tokens, without

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tools.shop.store import ShopStore

_PARTS = re.compile(r"\s*(?:[/&,]|\band\b)\s*")


class Embedder(Protocol):
    """Texts to vectors of length 1, shape (n, d); the catalogue's embedder keeps what it has embedded on disk."""

    @property
    def model_id(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class Entry:
    """One value of a level of the catalogue, with its name cleaned up, and as words to compare."""

    level: str
    value: str
    display: str
    words: Tokens
    literal: Tokens
    """The stored name as words, abbreviations written out: its cleaned-up name may say it differently."""
    parts: tuple[Tokens, ...]
    """ "chips and snacks" has two parts: each alone names it less surely than the whole."""
    products: int


@dataclass(frozen=True)
class AttributeColumn:
    """A column of customers with its values; `bands` where they are numbers in words."""

    name: str
    words: Tokens
    values: tuple[str, ...]
    bands: dict[str, Band]
    is_number: bool


@dataclass(frozen=True)
class ShopTerms:
    """The vocabulary as of a day. Each level's names, each column's values and all sizes are read when first needed."""

    store: ShopStore
    as_of: date
    embedder: Embedder | None

    @classmethod
    def build(cls, store: ShopStore, as_of: date, embedder: Embedder | None = None) -> ShopTerms:
        """The vocabulary of `store`. Without an embedder, words are resolved by names and synonyms alone."""
        return cls(store, as_of, embedder)

    @cached_property
    def attributes(self) -> tuple[AttributeColumn, ...]:
        """The columns of customers that a condition can be about."""
        return tuple(_attribute(self.store, name) for name in attribute_columns(self.store))

    def at(self, *levels: str) -> tuple[Entry, ...]:
        """The names of these levels, junk left out."""
        for level in levels:
            if level not in self._levels:
                self._levels[level] = _entries(self.store, level)
        return tuple(entry for level in levels for entry in self._levels[level])

    @cached_property
    def _levels(self) -> dict[str, tuple[Entry, ...]]:
        return {}

    def similarity(self, phrase: str, entries: Sequence[Entry]) -> NDArray[np.float32]:
        """Cosine of the phrase with each entry's name, shape (len(entries),). Needs an embedder."""
        if self.embedder is None:
            raise ValueError("a similarity was asked of terms that were built without an embedder")
        names = sorted({entry.display for entry in entries})
        vectors = self.embedder.encode(names)
        scores = vectors @ self.embedder.encode([phrase])[0]
        at = {name: i for i, name in enumerate(names)}
        chosen: NDArray[np.float32] = scores[[at[entry.display] for entry in entries]]
        return chosen

    def products_named(self, name: str) -> tuple[str, ...]:
        """Ids of the products of that name, whatever its capitals."""
        if not self.store.has("products") or not name.strip():
            return ()
        products = self.store.table("products")
        named = products.filter(products.name.strip().lower() == name.strip().lower())
        return tuple(named.select("product_id").order_by("product_id").to_pyarrow()["product_id"].to_pylist())

    def buyers(self, level: str, values: Sequence[str]) -> dict[str, int]:
        """Value → customers who ever bought it before `as_of`."""
        if not values or not self.store.has("orders"):
            return {}
        orders = self.store.table("orders", self.as_of)
        products = self.store.table("products")
        column = products["product_id" if level == "product" else level]
        chosen = products.filter(column.isin(list(values))).select("product_id", value=column)
        bought = orders.select("product_id", "customer_id").join(chosen, "product_id")
        found = bought.group_by("value").agg(customers=bought.customer_id.nunique()).to_pyarrow()
        counts = dict(zip(found["value"].to_pylist(), found["customers"].to_pylist(), strict=True))
        return {value: int(counts.get(value, 0)) for value in values}

    def holders(self, column: str) -> dict[str, int]:
        """Value of an attribute → customers who have it."""
        customers = self.store.table("customers", self.as_of)
        known = customers.filter(customers[column].notnull()).select(value=customers[column].cast("string"))
        found = known.group_by("value").agg(customers=known.count()).to_pyarrow()
        return dict(zip(found["value"].to_pylist(), found["customers"].to_pylist(), strict=True))

    def categories_only_in(self, departments: tuple[str, ...]) -> frozenset[str]:
        """Categories whose products all lie in these departments."""
        return frozenset(c for c, ds in self._departments_of.items() if ds <= set(departments))

    @cached_property
    def _departments_of(self) -> dict[str, set[str]]:
        products = self.store.table("products")
        if "department" not in products.columns:
            return {}
        pairs = products.select("category", "department").distinct().drop_null().to_pyarrow().to_pylist()
        found: dict[str, set[str]] = {}
        for pair in pairs:
            found.setdefault(pair["category"], set()).add(pair["department"])
        return found


def _entries(store: ShopStore, level: str) -> tuple[Entry, ...]:
    products = store.table("products") if store.has("products") else None
    if products is None or level not in products.columns:
        return ()
    named = products.filter(products[level].notnull()).select(value=products[level])
    counts = named.group_by("value").agg(products=named.count()).order_by("value").to_pyarrow()
    pairs = zip(counts["value"].to_pylist(), counts["products"].to_pylist(), strict=True)
    return tuple(_entry(level, value, size) for value, size in pairs if value.strip() and not is_junk(value))


def _entry(level: str, value: str, products: int) -> Entry:
    display = display_category(value) if level != "brand" else value
    generic = runs(product_concepts().generic)
    words = tokens(display)
    parts = tuple(part for text in _PARTS.split(display) if (part := without(tokens(text), generic)))
    literal = without(tokens(by_rule(value)), generic)
    return Entry(level, value, display, without(words, generic) or words, literal, parts, products)


def _attribute(store: ShopStore, name: str) -> AttributeColumn:
    number = is_number(store, name)
    values = (() if number else attribute_values(store, name)) or ()
    return AttributeColumn(name, tokens(name.replace("_", " ")), values, parse_bands(values), number)
