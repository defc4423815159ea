"""Which language a text is in, as far as it matters here: English, Chinese, or another."""

import re
import unicodedata
from collections import Counter

from agent.brief.lexicon import lexicon

SCRIPTS = {
    "CYRILLIC": "Cyrillic",
    "ARABIC": "Arabic",
    "HANGUL": "Korean",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HEBREW": "Hebrew",
    "DEVANAGARI": "Hindi",
    "THAI": "Thai",
    "GREEK": "Greek",
    "BENGALI": "Bengali",
    "TAMIL": "Tamil",
}
SAMPLE = 4000


def script_counts(text: str) -> Counter[str]:
    """Letters by script: LATIN, CJK and others, in the first `SAMPLE` characters."""
    counts: Counter[str] = Counter()
    for char in text[:SAMPLE]:
        if char.isalpha():
            counts["LATIN" if char < "ɐ" else unicodedata.name(char, "UNKNOWN").split()[0]] += 1
    return counts


def is_chinese(norm: str) -> bool:
    """More than a few Chinese characters: rules for Chinese amounts and dates apply."""
    han = len(re.findall(r"[一-鿿]", norm[:SAMPLE]))
    return han >= 2 and han * 4 >= len(re.findall(r"[a-z]", norm[:SAMPLE]))


def foreign(norm: str) -> str | None:
    """The language that the text is in, where that is neither English nor Chinese; null otherwise."""
    counts = script_counts(norm)
    total = sum(counts.values())
    if not total:
        return None
    for script, name in SCRIPTS.items():
        if counts[script] > 0.3 * total or (script in ("HIRAGANA", "KATAKANA") and counts[script] > 0.15 * total):
            return name
    if counts["CJK"] > 0.15 * total:
        return None
    return _latin(norm)


def _latin(norm: str) -> str | None:
    words = re.findall(r"[^\W\d_]+", norm[:SAMPLE])
    kinds = set(words)
    data = lexicon("languages")
    known = {code: set(map(str, data[code])) for code in ("en", *data["names"])}
    scores = {code: sum(word in one for word in words) for code, one in known.items()}
    best = max(data["names"], key=lambda code: scores[code])
    if (
        sum(word in kinds for word in map(str, data[best])) >= 2
        and scores[best] > 1.3 * scores["en"] + 0.5
        and scores[best] >= 0.12 * len(words)
    ):
        return str(data["names"][best])
    return None
