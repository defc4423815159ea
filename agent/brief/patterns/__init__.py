"""Regular expressions as data: one YAML file a reader, compiled when first asked for.

A value is one expression, or a list of alternatives. `\\<` and `\\>` stand for the edges of a Latin word (Chinese
characters count as edges), `{name}` for another key of the file or a part that the reader passes in. Keys that begin
with `_` are such parts. `¶` is a line break, `▒` what another reader has taken.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from agent.brief.lexicon import LEFT, RIGHT

PART = re.compile(r"\{([a-z][a-z_0-9]*)\}")


class Patterns:
    """The expressions of one file. Raises `KeyError` for a key or a part that is not there."""

    def __init__(self, name: str, parts: Mapping[str, str]) -> None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        text = (files(__package__) / f"{name}.yaml").read_text("utf-8")
        self._source: dict[str, str | list[str]] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
        self._parts = dict(parts)
        self._compiled: dict[str, re.Pattern[str]] = {}

    def text(self, key: str) -> str:
        """The expression at `key`, its parts filled in."""
        source = self._source[key]
        joined = source if isinstance(source, str) else "|".join(source)
        filled = PART.sub(lambda part: self._part(part[1]), joined)
        return filled.replace(r"\<", LEFT).replace(r"\>", RIGHT)

    def _part(self, name: str) -> str:
        return f"(?:{self.text(f'_{name}')})" if f"_{name}" in self._source else self._parts[name]

    def __getitem__(self, key: str) -> re.Pattern[str]:
        if key not in self._compiled:
            self._compiled[key] = re.compile(self.text(key))
        return self._compiled[key]

    def items(self) -> Iterator[tuple[str, re.Pattern[str]]]:
        """Every expression but the parts, in the file's order."""
        return ((key, self[key]) for key in self._source if not key.startswith("_"))


@cache
def _patterns(name: str, parts: tuple[tuple[str, str], ...]) -> Patterns:
    return Patterns(name, dict(parts))


def patterns(name: str, **parts: str) -> Patterns:
    """The expressions of `<name>.yaml` of this folder."""
    return _patterns(name, tuple(sorted(parts.items())))
