"""The brief's words in a filter, replaced by the shop's own values; what stays unclear is asked, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from tools.segments.attribute_terms import resolve_attribute
from tools.segments.filter import AllOf, AnyOf, Attribute, Bought, Filter, Measure, Not, Ranked, Scope
from tools.segments.product_names import COARSE
from tools.segments.product_terms import FIELDS, SUGGESTIONS, names_products, resolve_products, scope_of
from tools.segments.terms import ShopTerms
from tools.segments.types import Resolution

__all__ = ["Resolved", "ShopTerms", "resolve_filter"]

Scoped = TypeVar("Scoped", Bought, Measure, Ranked)


@dataclass(frozen=True)
class Resolved:
    """A filter after resolution. With anything `unresolved` it still holds words, and compiling it raises."""

    filter: Filter
    resolutions: tuple[Resolution, ...]
    unresolved: tuple[str, ...]


def resolve_filter(f: Filter, terms: ShopTerms, *, negated: bool = False) -> Resolved:
    """Replace the terms of `f` by the values that they mean clearly, and say how each phrase was resolved.

    Args:
        negated: whether `f` will be excluded, so that a band that may be meant is excluded too.
    """
    resolver = _Resolver(terms)
    resolved = resolver.walk(f, negated=negated)
    resolutions = tuple(resolver.resolutions.values())
    return Resolved(resolved, resolutions, tuple(r.phrase for r in resolutions if not r.clear))


@dataclass
class _Resolver:
    terms: ShopTerms
    resolutions: dict[str, Resolution] = field(default_factory=dict)

    def walk(self, f: Filter, *, negated: bool) -> Filter:
        if isinstance(f, Not):
            return Not(of=self.walk(f.of, negated=not negated))
        if isinstance(f, AllOf):
            return AllOf(of=tuple(self.walk(part, negated=negated) for part in f.of))
        if isinstance(f, AnyOf):
            return AnyOf(of=tuple(self.walk(part, negated=negated) for part in f.of))
        if isinstance(f, Attribute):
            return self._attribute(f, negated=negated) if f.column is None else f
        if isinstance(f, Bought):
            return self._person(f, negated=negated) or self._scoped(f)
        if isinstance(f, Measure):
            return self._scoped(f)
        return self._scoped(f) if isinstance(f, Ranked) else f

    def _attribute(self, f: Attribute, *, negated: bool) -> Filter:
        phrase = f.term or ""
        condition, resolution = resolve_attribute(phrase, self.terms, negated=negated)
        if condition is None:
            # "Coffee lovers" may reach us as a trait of the customer; by name only, as a trait it is far-fetched.
            products = resolve_products(phrase, self.terms, by_meaning=False)
            rejected = (*resolution.rejected, *products.chosen, *products.rejected)[:SUGGESTIONS]
            resolution = resolution.model_copy(update={"rejected": rejected})
            if products.clear and all(candidate.level in COARSE for candidate in products.chosen):
                condition, resolution = Bought(scope=scope_of(products)), products
        self.resolutions.setdefault(phrase, resolution)
        return f if condition is None else condition

    def _person(self, f: Bought, *, negated: bool) -> Filter | None:
        """A trait that reached us as a purchase ("homeowners"), where nothing else is said of the purchase."""
        if f != Bought(scope=Scope(terms=f.scope.terms)) or len(f.scope.terms) != 1:
            return None
        phrase = f.scope.terms[0]
        if names_products(phrase, self.terms):
            return None
        condition, resolution = resolve_attribute(phrase, self.terms, negated=negated)
        if condition is not None:
            self.resolutions.setdefault(phrase, resolution)
        return condition

    def _scoped(self, f: Scoped) -> Scoped:
        if not f.scope.terms:
            return f
        found, left = f.scope.model_copy(update={"terms": ()}), []
        for phrase in f.scope.terms:
            if phrase not in self.resolutions:
                self.resolutions[phrase] = resolve_products(phrase, self.terms)
            resolution = self.resolutions[phrase]
            if resolution.clear and all(candidate.level in FIELDS for candidate in resolution.chosen):
                found = _union(found, scope_of(resolution))
            else:
                left.append(phrase)
        return f.model_copy(update={"scope": found.model_copy(update={"terms": tuple(left)})})


def _union(a: Scope, b: Scope) -> Scope:
    mine, theirs = a.model_dump(), b.model_dump()
    return Scope.model_validate({name: tuple(dict.fromkeys((*mine[name], *theirs[name]))) for name in mine})
