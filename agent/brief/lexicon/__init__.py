"""Words as data: one YAML file a subject, read once."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

LEFT = r"(?<![a-z0-9])"
RIGHT = r"(?![a-z0-9])"


AHEAD = re.compile(r"\(\?=[^()]*(?:\([^()]*\)[^()]*)*\)$")
"""What has to follow a word, at its end: the word's own right edge is then no edge."""


@cache
def lexicon(name: str) -> Any:
    """The parsed content of `<name>.yaml` of this folder."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((files(__package__) / f"{name}.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506 - safe


def alternatives(words: Iterable[str]) -> str:
    """A regular expression of any of `words`, longest first; Latin ones as whole words, a space for any white space.

    A word may itself hold regular-expression syntax: these files are ours.
    """
    parts = []
    for word in sorted({str(word) for word in words}, key=len, reverse=True):
        pattern = re.sub(r"\[- \]|\[ -\]| (?!\?)", lambda m: r"[\s-]" if len(m[0]) > 1 else r"[\s-]{1,3}", word)
        left = LEFT if re.match(r"[a-z0-9]", word) else ""
        right = RIGHT if re.search(r"[a-z0-9)?]$", word) and not re.search(r"[一-鿿]", word[-3:]) else ""
        if AHEAD.search(word):
            right = ""
        parts.append(f"{left}(?:{pattern}){right}")
    return "(?:" + "|".join(parts) + ")"


@cache
def words(name: str, *path: str) -> re.Pattern[str]:
    """The words at `path` of lexicon `name`, compiled."""
    node = lexicon(name)
    for key in path:
        node = node[key]
    return re.compile(alternatives(node))
