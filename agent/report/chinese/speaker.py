"""Says in Chinese what the tools say in English: whole phrases first, then lines, sentences and lists, then people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from agent.report.chinese.people import People
from agent.report.chinese.phrase import SLOT, Phrase, ordered

HERE = Path(__file__).parent
LATIN = re.compile(r"[A-Za-z]{2}")
SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z“`\d])")
LONGEST = 4000
"""Longer text is data, and is left as it is."""


@dataclass(frozen=True)
class Speaker:
    """`exact` and `phrases` without a full stop at their end: each serves a sentence and a part of one."""

    exact: dict[str, str]
    phrases: tuple[Phrase, ...]
    loose: tuple[Phrase, ...]
    """So little of them is fixed that anything may look like them: tried when nothing else has fitted."""
    people: People

    @classmethod
    def load(cls) -> Speaker:
        table: dict[str, str] = {}
        for path in sorted(HERE.glob("*.yaml")):
            if path.stem != "people":
                table |= {_bare(english): _bare(said) for english, said in read(path).items()}
        return cls(
            exact={english: said for english, said in table.items() if not SLOT.search(english)},
            phrases=tuple(one for one in ordered(table) if not one.loose),
            loose=tuple(one for one in ordered(table) if one.loose),
            people=People.of(read(HERE / "people.yaml")),
        )

    def say(self, text: str) -> str:
        """The text in Chinese as far as its phrases are known."""
        return text if len(text) > LONGEST or not LATIN.search(text) else self._cached(str(text))

    @cached_property
    def _cached(self) -> Callable[[str], str]:
        return lru_cache(maxsize=8192)(self._said)

    def _said(self, text: str) -> str:
        if "\n" in text:
            return "\n".join(self.say(line) for line in text.split("\n"))
        inner = text.strip()
        if inner != text:
            return text.replace(inner, self.say(inner), 1)
        said = self._list(text, "; ", "；") or self._each(text) or self._whole(text) or self._sentences(text)
        said = said or self._list(text, ", ", "、") or self._list(text, " · ", " · ") or self._list(text, " → ", " → ")
        return said or self._first(text, self.loose) or text

    def _whole(self, text: str) -> str | None:
        bare = text.removesuffix(".")
        said = self._known(bare)
        return said if said is None or bare == text else said + "。"

    def _known(self, text: str) -> str | None:
        known = self.exact.get(text) or self.exact.get(text[:1].lower() + text[1:])
        if known is not None:
            return known
        return self._first(text, self.phrases) or self.people.say(text)

    def _first(self, text: str, phrases: tuple[Phrase, ...]) -> str | None:
        found = (one.in_chinese(text, self.say) for one in phrases)
        return next((said for said in found if said is not None), None)

    def _each(self, text: str) -> str | None:
        """Sentences that are all known: else a phrase that ends in a slot would take in the next one."""
        parts = SENTENCE.split(text)
        said = [self._list(part, "; ", "；") or self._whole(part) for part in parts]
        return "".join(str(one) for one in said) if len(parts) > 1 and all(said) else None

    def _sentences(self, text: str) -> str | None:
        parts = SENTENCE.split(text)
        return "".join(self.say(part) for part in parts) if len(parts) > 1 else None

    def _list(self, text: str, mark: str, joined: str) -> str | None:
        """A list whose every item is known."""
        bare = text.removesuffix(".")
        items = bare.split(mark)
        if len(items) < 2:
            return None
        said = [self._known(item) for item in items]
        end = "" if bare == text else "。"
        return joined.join(str(one) for one in said) + end if all(said) else None


def read(path: Path) -> dict[str, str]:
    """English → Chinese.

    Raises:
        ValueError: a phrase stands twice, of which YAML would keep the last.
    """
    import yaml

    text = path.read_text(encoding="utf-8")
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(node, yaml.MappingNode)
    keys = [key.value for key, _ in node.value]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"{path.name} has {sorted(twice)} twice")
    loaded: dict[str, str] = yaml.safe_load(text)
    return loaded


def _bare(text: str) -> str:
    return text.removesuffix(".").removesuffix("。")
