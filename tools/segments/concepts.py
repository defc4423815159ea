"""What general words of retail mean, read from the two files of concepts beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import Field

from tools.segments.text import Tokens, tokens, without
from tools.vocabulary import Model

Words = tuple[str, ...]


class ProductConcept(Model):
    """A phrase of shoppers and how a shop's own values for it are recognised (product_concepts.yaml)."""

    say: Words
    names: Words = ()
    any: Words = ()
    not_: Words = Field(default=(), alias="not")
    brands: Words = ()


class ProductConcepts(Model):
    asides: Words
    generic: Words
    compounds: Words
    junk: Words
    intimate: Words
    concepts: dict[str, ProductConcept]


class NumberColumn(Model):
    """How a column of numbers is called, and which words of a phrase point to it (attribute_concepts.yaml)."""

    columns: Words
    words: Words
    usual: tuple[float, float]


class RangePhrase(Model):
    column: str
    low: float | None = None
    high: float | None = None
    say: Words


class ValuePhrase(Model):
    say: Words
    values: Words


class AttributeConcepts(Model):
    asides: Words
    fillers: Words
    numbers: dict[str, NumberColumn]
    phrases: tuple[RangePhrase, ...]
    values: tuple[ValuePhrase, ...]


@cache
def product_concepts() -> ProductConcepts:
    return ProductConcepts.model_validate(_read("product_concepts.yaml"))


@cache
def attribute_concepts() -> AttributeConcepts:
    return AttributeConcepts.model_validate(_read("attribute_concepts.yaml"))


@cache
def said() -> dict[Tokens, ProductConcept]:
    """Words of a phrase → the concept that it names."""
    return {tokens(phrase): concept for concept in product_concepts().concepts.values() for phrase in concept.say}


@cache
def said_of_people() -> frozenset[Tokens]:
    """Phrases that are a trait of a customer in general ("women"), whatever a shop calls its goods."""
    known = attribute_concepts()
    says = [*(known_range.say for known_range in known.phrases), *(value.say for value in known.values)]
    return frozenset(tokens(phrase) for say in says for phrase in say)


@cache
def runs(words: Words) -> frozenset[Tokens]:
    """Phrases as runs of tokens."""
    return frozenset(tokens(word) for word in words)


def bare(phrase: str, asides: Words) -> Tokens:
    """The words of a phrase that say what is meant: without "owners", "who buy" and the like."""
    return without(tokens(phrase), runs(asides))


def is_junk(name: str) -> bool:
    """Whether a name of the shop's is what a till records besides goods: coupons, fuel, deposits."""
    words = tokens(name)
    return _names_any(words, product_concepts().junk) or not without(words, runs(product_concepts().generic))


def is_taste(name: str) -> bool:
    """Whether a category may stand for what a customer likes: goods, and nothing intimate."""
    return not is_junk(name) and not _names_any(tokens(name), product_concepts().intimate)


def _names_any(words: Tokens, phrases: Words) -> bool:
    found, width = runs(phrases), len(words)
    return any(words[i:j] in found for i in range(width) for j in range(i + 1, width + 1))


def _read(name: str) -> Any:
    import yaml

    return yaml.load(files("tools.segments").joinpath(name).read_text("utf-8"), Loader=yaml.CSafeLoader)
