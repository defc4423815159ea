"""The tone, a step more or less of something: what is left of her words, and what is added to them."""

import re
from functools import cache

from agent.brief.lexicon import alternatives, lexicon
from agent.brief.tone import DEFAULT_TONE
from tools.copywriter.types import TONES, Tone

NOUNS: dict[str, Tone] = {
    "playfulness": "playful", "fun": "playful", "joke": "playful", "pun": "playful", "humour": "playful",
    "humor": "playful", "warmth": "warm", "urgency": "urgent", "pressure": "urgent", "hype": "urgent", "down": "urgent",
}  # fmt: skip
JOINED = re.compile(r"\s*(?:,|;|、|，|\band\b|\bbut\b|\byet\b|&|和|又|且)\s*")


def less(tone: str, of: str) -> str:
    """`tone` without what is to be less: its words of that kind go, and the rest says what it must not be."""
    kind, word = _kind(of), of.strip()
    kept = [part for part in JOINED.split(tone) if part.strip() and _kind(part) != kind]
    zh = re.search(r"[一-鿿]", word)
    without = f"不{word}" if zh else f"not {kind if word.rstrip('s') in NOUNS else word}"
    return ("，" if zh else ", ").join([*(kept or ([] if tone else [DEFAULT_TONE])), without])


def more(tone: str, of: str) -> str:
    """`tone` with more of something: that comes first, so that the copy is written in it."""
    kind, word = _kind(of), of.strip()
    kept = [part for part in JOINED.split(tone) if part.strip() and _kind(part) != kind]
    return ("，" if re.search(r"[一-鿿]", word) else ", ").join([word, *kept])


def _kind(words: str) -> Tone | None:
    """The copywriter's tone that words are nearest to; null where they name none."""
    noun = NOUNS.get(words.strip().rstrip("s"))
    if noun:
        return noun
    return next((tone for tone, expression in _expressions() if expression.search(words.lower())), None)


@cache
def _expressions() -> tuple[tuple[Tone, re.Pattern[str]], ...]:
    return tuple((tone, re.compile(alternatives(lexicon("tones")[tone]))) for tone in TONES)
