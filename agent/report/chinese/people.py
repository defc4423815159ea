"""Who is meant, in Chinese: the conditions of a filter as `tools.segments.describe` words them, and segments' names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

from agent.report.chinese.phrase import SLOT, Phrase, ordered

_STARTS = (
    r"bought |no order|an order|spend |orders |days as a customer|days without an order|coupon redemptions|"
    r"average order|share of discounts|top \d|bottom \d|every customer|was in |opened |clicked in |redeemed |not |"
    r"excluded: |\(|[\w ]+ (?:under|at most|exactly|at least|over) [$€£¥₹]?\d"
)
AND, OR = re.compile(rf", (?={_STARTS})"), re.compile(rf" or (?={_STARTS})")
INNER, NUMBERED = re.compile(r"\([^()]*\)"), re.compile(r"\((\d+)\)")
"""What stands in brackets is one condition to what stands around it."""
NAME = re.compile(r"(?P<name>.+?)(?:, (?P<people>.+?))?(?: \((?P<number>\d+)\))?")


@dataclass(frozen=True)
class People:
    conditions: tuple[Phrase, ...]
    exact: dict[str, str]
    words: dict[str, str]
    """A segment's name is made of these, one after the other."""

    @classmethod
    def of(cls, table: dict[str, str]) -> People:
        names = {key.removeprefix("name "): said for key, said in table.items() if key.startswith("name ")}
        rest = {key: said for key, said in table.items() if not key.startswith("name ")}
        exact = {key: said for key, said in rest.items() if not SLOT.search(key)}
        return cls(ordered(rest), exact, names)

    def say(self, text: str) -> str | None:
        return self._conditions(text) or self._name(text)

    def _conditions(self, text: str) -> str | None:
        """`a, b` both hold, `a or b` one of them; null where one of them is no condition."""
        inner = INNER.findall(text)
        number = count()
        outer = INNER.sub(lambda _: f"({next(number)})", text)
        for mark, joined in ((AND, "，"), (OR, "，或")):
            parts = [NUMBERED.sub(lambda found: inner[int(found[1])], part) for part in mark.split(outer)]
            if len(parts) > 1:
                said = [self._conditions(part) for part in parts]
                return joined.join(str(one) for one in said) if all(said) else None
        return self._one(text)

    def _one(self, text: str) -> str | None:
        if text in self.exact:
            return self.exact[text]
        for start, before in (("not ", "不含："), ("excluded: ", "排除：")):
            if text.startswith(start):
                inside = self._conditions(text.removeprefix(start))
                return f"{before}{inside}" if inside else None
        if text.startswith("(") and text.endswith(")"):
            inside = self._conditions(text[1:-1])
            return f"（{inside}）" if inside else None
        found = (one.in_chinese(text, self._inside) for one in self.conditions)
        return next((said for said in found if said is not None), None)

    def _inside(self, words: str) -> str:
        return self.exact.get(words, words)

    def _name(self, text: str) -> str | None:
        found = NAME.fullmatch(text)
        if found is None:
            return None
        name = self._words(found["name"][:1].lower() + found["name"][1:])
        people = self._conditions(found["people"]) if found["people"] else ""
        if name is None or people is None:
            return None
        number = f"（{found['number']}）" if found["number"] else ""
        return f"{name}{people and f'，{people}'}{number}"

    def _words(self, text: str) -> str | None:
        said = ""
        while text:
            word = next((w for w in self._longest if text == w or text.startswith(f"{w} ")), None)
            if word is None:
                goods = text.removesuffix(" buyers")
                return f"{said}{goods} 买家" if goods != text and goods else None
            said, text = said + self.words[word], text[len(word) + 1 :]
        return said

    @property
    def _longest(self) -> list[str]:
        return sorted(self.words, key=len, reverse=True)
