"""Which products a campaign may offer (goods.yaml): no book-keeping; regulated goods where the brief names them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from tools.segments.filter import Scope


@dataclass(frozen=True)
class Group:
    """Products that belong together by a rule: by department, by category, or by whole words in category and name."""

    name: str
    why: str
    departments: frozenset[str]
    categories: frozenset[str]
    words: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    def holds(self, department: str | None, category: str | None, name: str | None) -> bool:
        if (department or "").upper() in self.departments or (category or "").upper() in self.categories:
            return True
        text = f"{category or ''} {name or ''}"
        if self.words is None or not self.words.search(text):
            return False
        return self.unless is None or not self.unless.search(text)

    def named_by(self, scope: Scope, focus: Iterable[str]) -> bool:
        """Whether the brief asks for this group: its values are in the scope, or its words in the focus."""
        by_value = any(value.upper() in self.departments for value in scope.departments) or any(
            self.holds(None, value, None) for value in (*scope.categories, *scope.product_types)
        )
        asked = " ".join((*focus, *scope.terms))
        return by_value or bool(self.words and self.words.search(asked)) or self._category_in(asked)

    def _category_in(self, asked: str) -> bool:
        from tools.catalog.names import display_category

        spoken = {display_category(category).lower() for category in self.categories}
        return any(words and re.search(rf"\b{re.escape(words)}\b", asked.lower()) for words in spoken)


@cache
def regulated() -> tuple[Group, ...]:
    return tuple(_group(name, rule) for name, rule in _rules()["regulated"].items())


@lru_cache(maxsize=65536)
def regulated_group(department: str | None, category: str | None, name: str | None) -> str | None:
    """The name of the regulated group that the product belongs to, if any."""
    return next((group.name for group in regulated() if group.holds(department, category, name)), None)


@lru_cache(maxsize=65536)
def is_goods(department: str | None, category: str | None, name: str | None) -> bool:
    """False for book-keeping, services and deposits, and for what has no name."""
    return bool((name or "").strip()) and not _not_goods().holds(department, category, name)


@cache
def _not_goods() -> Group:
    return _group("not_goods", _rules()["not_goods"])


@cache
def _rules() -> dict[str, Any]:
    text = files("tools.catalog").joinpath("goods.yaml").read_text("utf-8")
    rules: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return rules


def _group(name: str, rule: dict[str, Any]) -> Group:
    return Group(
        name=name,
        why=rule["why"],
        departments=frozenset(value.upper() for value in rule.get("departments", ())),
        categories=frozenset(value.upper() for value in rule.get("categories", ())),
        words=_whole_words(rule.get("words", [])),
        unless=_whole_words(rule.get("except", [])),
    )


def _whole_words(words: list[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
