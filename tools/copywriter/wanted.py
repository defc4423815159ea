"""What the brief wants in the copy word for word, and what it wants out."""

import re
from collections.abc import Mapping

from tools.copywriter.pack import MessageTemplate
from tools.copywriter.types import CopyRequest


def place(request: CopyRequest, message: MessageTemplate) -> tuple[str, ...]:
    """The sentences to add so that the wanted words stand in the copy: not those that it has, or that break a rule."""
    own = " ".join(message.parts.values()).casefold()
    wanted = [words for words in request.must_include if not _refused(words) and words.casefold() not in own]
    return tuple(_sentence(words, request.language) for words in wanted)


def unplaced(request: CopyRequest, parts: Mapping[str, str]) -> list[str]:
    """Why each wanted phrase that is not in the copy is not in it."""
    text = " ".join(parts.values()).casefold()
    return [
        f"The words {words!r} could not be placed: {_refused(words) or 'the channel has no room for them'}."
        for words in request.must_include
        if words.casefold() not in text
    ]


def unwanted(request: CopyRequest, rendered: Mapping[str, str]) -> list[str]:
    """The words to avoid that a rendered message holds: whole words in English, anywhere in Chinese."""
    text = " ".join(rendered.values()).casefold()
    return [words for words in request.must_avoid if words.strip() and _holds(text, words.strip().casefold())]


def _holds(text: str, words: str) -> bool:
    if not words.isascii():
        return words in text
    return re.search(rf"(?<![a-z0-9]){re.escape(words)}(?![a-z0-9])", text) is not None


def _refused(words: str) -> str:
    if any(char.isdigit() for char in words):
        return "they hold a number, which only the plan may state"
    if "{" in words or "}" in words or not words.strip():
        return "they are empty or hold a brace"
    return ""


def _sentence(words: str, language: str) -> str:
    words = " ".join(words.split())
    stop = "。" if language == "zh" else "."
    return words if words.endswith((".", "!", "?", "。", "！", "？")) else words + stop
