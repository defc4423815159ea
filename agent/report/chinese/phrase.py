"""One phrase with its slots: `{n#} customers match` → `{n#}位顾客符合`, as a pattern and what is said in its place.

A slot's kind stands behind its name: none, the words in it are said in Chinese too; `=` as they are; `#` a figure;
`^` the name of a column, `@` a channel; `,` and `;` lists of words; `~` per cent off, which Chinese calls by what is
left of the price.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

SLOT = re.compile(r"\{(\w+)([=#,;~^@]?)\}")
LEAST_FIXED = 6
FIGURE = r"[+−-]?[$€£¥₹]?[+−-]?\d[\d,.:-]*(?: ?%)?(?: minor units)?"


INSIDE = {"#": FIGURE, "~": r"[\d.]+", "^": r"[a-z]\w*(?: \w+){0,2}", "@": r"e-?mail|sms|push|wechat|search|social"}


@dataclass(frozen=True)
class Phrase:
    fixed: tuple[str, ...]
    """Its fixed words in order: a text that lacks one cannot match."""
    pattern: re.Pattern[str]
    kinds: tuple[tuple[str, str], ...]
    said: str

    def in_chinese(self, text: str, say: Callable[[str], str]) -> str | None:
        """The text in Chinese, or null where it is not this phrase. Args: `say` is for the words in its slots."""
        found = self.pattern.fullmatch(text) if self._may_match(text) else None
        if found is None:
            return None
        values = {name: _value(found[name], kind, say) for name, kind in self.kinds}
        return SLOT.sub(lambda slot: values[slot[1]], self.said)

    @property
    def loose(self) -> bool:
        """So little of it is fixed that anything may look like it."""
        return sum(map(len, self.fixed)) < LEAST_FIXED

    def _may_match(self, text: str) -> bool:
        at = 0
        for words in self.fixed:
            at = text.find(words, at) + len(words)
            if at < len(words):
                return False
        return True


def phrase(english: str, chinese: str) -> Phrase:
    """Compiles one entry.

    Raises:
        ValueError: the Chinese has a slot that the English has not.
    """
    kinds = tuple((slot[1], slot[2]) for slot in SLOT.finditer(english))
    if strange := {slot[1] for slot in SLOT.finditer(chinese)} - {name for name, _ in kinds}:
        raise ValueError(f"{english!r} has no slots {sorted(strange)}")
    fixed = SLOT.split(english)[::3]
    pattern = _any_case(fixed[0])
    for (name, kind), words in zip(kinds, fixed[1:], strict=True):
        inside = INSIDE.get(kind, ".+?")
        pattern += f"(?P<{name}>{inside}){re.escape(words)}"
    certain = (fixed[0][1:], *fixed[1:])  # the first letter may be a capital
    return Phrase(certain, re.compile(pattern, re.DOTALL), kinds, chinese)


def ordered(table: dict[str, str]) -> tuple[Phrase, ...]:
    """The entries with slots; those with most fixed words first, since they say the most."""
    slotted = [one for one in table.items() if SLOT.search(one[0])]
    return tuple(phrase(*one) for one in sorted(slotted, key=lambda one: -len(SLOT.sub("", one[0]))))


def _any_case(words: str) -> str:
    """A phrase may begin a sentence or stand in one."""
    return f"(?i:{re.escape(words[0])}){re.escape(words[1:])}" if words else ""


def _value(words: str, kind: str, say: Callable[[str], str]) -> str:
    match kind:
        case "" | "@":
            return say(words)
        case ",":
            return "、".join(say(one) for one in re.split(r", (?:and )?| and ", words))
        case ";":
            return "；".join(say(one) for one in words.split("; "))
        case "~":
            return f"{(100 - float(words)) / 10:g}"
        case "#":
            return words.replace(" %", "%")
        case _:
            return words
