"""Judges of known habits, to try the judging with: a fair one, one that always takes the first, one that mumbles.

The fair one passes a message whose longest part has at least eight words and no shouting, and prefers of two the one
with more different words. It reasons aloud and changes its mind, as models do: the last verdict is the one that counts.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from evals.servers.protocol import Said

Habit = Literal["fair", "first", "mumbling"]
LEAST_WORDS = 8


@dataclass(frozen=True)
class Assessor:
    habit: Habit = "fair"

    def answer(self, request: dict[str, Any]) -> list[Said]:
        text = str(request["messages"][-1]["content"])
        return [Said(self._said(text))] * (request.get("n") or 1)

    def _said(self, text: str) -> str:
        if self.habit == "mumbling":
            return "It has its merits. Verdict: decent"
        if (message := part(text, "MESSAGE")) is not None:
            return f"At first sight,\nVerdict: fail\nOn reflection:\n**Verdict:** {'pass' if good(message) else 'fail'}"
        first, second = part(text, "FIRST") or {}, part(text, "SECOND") or {}
        if self.habit == "first" or variety(first) > variety(second):
            return "Verdict: first"
        return "Verdict: second" if variety(second) > variety(first) else "Verdict: tie"


def part(text: str, name: str) -> dict[str, str] | None:
    """The JSON object that stands under a heading of a judge's prompt; null where there is none."""
    found = re.search(rf"^{name}\n(.+)$", text, re.MULTILINE)
    return {key: str(value) for key, value in json.loads(found[1]).items()} if found else None


def good(message: dict[str, str]) -> bool:
    longest = max(message.values(), key=len, default="")
    return len(longest.split()) >= LEAST_WORDS and "!!" not in longest


def variety(message: dict[str, str]) -> int:
    return len({word.casefold() for value in message.values() for word in value.split()})
