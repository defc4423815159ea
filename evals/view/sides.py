"""Two outputs side by side: laid out for a person to read, with the lines marked that only one of them has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_LINES = 400


@dataclass(frozen=True)
class Line:
    text: str
    differs: bool


Side = tuple[Line, ...]


def sides(a: str, b: str) -> tuple[Side, Side]:
    """The lines of both outputs; JSON is laid out a value a line."""
    left, right = laid_out(a), laid_out(b)
    same_left: set[int] = set()
    same_right: set[int] = set()
    for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        same_left.update(range(block.a, block.a + block.size))
        same_right.update(range(block.b, block.b + block.size))
    return _side(left, same_left), _side(right, same_right)


def laid_out(output: str) -> list[str]:
    """At most `MOST_LINES` lines; what is no JSON, such as an output that was cut, stays as it is."""
    try:
        made = json.loads(output)
    except (ValueError, RecursionError):
        return output.splitlines()[:MOST_LINES]
    if not isinstance(made, dict | list):
        return output.splitlines()[:MOST_LINES]
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True).splitlines()[:MOST_LINES]


def _side(lines: list[str], same: set[int]) -> Side:
    return tuple(Line(text, at not in same) for at, text in enumerate(lines))
