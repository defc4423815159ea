"""The words that turns of a conversation are known by, as data: `wording.yaml`, compiled when first asked for.

The notation is that of `agent.brief.patterns`: `\\<` and `\\>` are the edges of a Latin word, `{name}` another key of
the file that begins with `_`, or a part that is handed in here.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from agent.brief import durations, numbers
from agent.brief.lexicon import LEFT, RIGHT, alternatives, lexicon
from tools.copywriter.types import TONES

PART = re.compile(r"\{([a-z][a-z_]*)\}")


@cache
def _source() -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (files(__package__) / "wording.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
    return loaded


@cache
def _parts() -> dict[str, str]:
    tones = [word for tone in TONES for word in lexicon("tones")[tone]]
    return {
        "duration": durations.ANY,
        "count": numbers.COUNT,
        "tones": alternatives(tones),
        "sms": alternatives(lexicon("channels")["clear"]["sms"] + lexicon("channels")["listed"]["sms"]),
    }


def _text(source: str | list[str]) -> str:
    joined = source if isinstance(source, str) else "|".join(f"(?:{one})" for one in source)
    filled = PART.sub(lambda part: _part(part[1]), joined)
    return filled.replace(r"\<", LEFT).replace(r"\>", RIGHT)


def _part(name: str) -> str:
    return f"(?:{_text(_source()[f'_{name}'])})" if f"_{name}" in _source() else _parts()[name]


@cache
def pattern(*path: str) -> re.Pattern[str]:
    """The expression at `path` of the file. Raises `KeyError` for one that is not there."""
    node = _source()
    for key in path:
        node = node[key]
    return re.compile(_text(node))  # type: ignore[arg-type]


def kinds(group: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Name and expression of each entry of a group, in the file's order."""
    return ((name, pattern(group, name)) for name in _source()[group])
