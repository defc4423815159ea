"""Walking a filter: its leaves, and the words in it that are not resolved yet."""

from __future__ import annotations

from collections.abc import Iterator

from tools.segments.filter import AllOf, AnyOf, Attribute, Bought, Contacted, Everyone, Filter, Measure, Not, Ranked

Leaf = Everyone | Bought | Measure | Ranked | Attribute | Contacted


def leaves(f: Filter) -> Iterator[Leaf]:
    """The conditions of a filter, left to right."""
    if isinstance(f, AllOf | AnyOf):
        for part in f.of:
            yield from leaves(part)
    elif isinstance(f, Not):
        yield from leaves(f.of)
    else:
        yield f


def unresolved_phrases(f: Filter) -> tuple[str, ...]:
    """The brief's words that the filter still holds, each once, in order."""
    phrases: dict[str, None] = {}
    for leaf in leaves(f):
        if isinstance(leaf, Bought | Measure | Ranked):
            phrases.update(dict.fromkeys(leaf.scope.terms))
        if isinstance(leaf, Attribute) and leaf.column is None:
            phrases.setdefault(leaf.term or "")
    return tuple(phrases)


def conjuncts(f: Filter) -> tuple[Filter, ...]:
    """The conditions that must all hold: the parts of a conjunction, flattened, or the filter itself."""
    if isinstance(f, AllOf):
        return tuple(part for each in f.of for part in conjuncts(each))
    return (f,)


def all_of(parts: tuple[Filter, ...]) -> Filter:
    """A conjunction without empty or single ones: no part is everyone."""
    flat = [part for each in parts for part in conjuncts(each) if not isinstance(part, Everyone)]
    if not flat:
        return Everyone()
    return flat[0] if len(flat) == 1 else AllOf(of=tuple(flat))


def any_of(parts: tuple[Filter, ...]) -> Filter:
    """A disjunction of at least one part."""
    return parts[0] if len(parts) == 1 else AnyOf(of=parts)
