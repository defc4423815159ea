"""The panel in the reader's language: its fixed words, by a table; what the tools say stays as they said it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["en", "zh"]
Sayer = Callable[[str], str]


def sayer(language: Language) -> Sayer:
    """English words → those words in `language`; what the table does not have stays English."""
    table = {} if language == "en" else _table(language)
    return lambda text: table.get(text, text)


@cache
def _table(language: Language) -> dict[str, str]:
    import yaml

    loaded: dict[str, str] = yaml.safe_load((Path(__file__).parent / f"{language}.yaml").read_text(encoding="utf-8"))
    return loaded
