"""Typing errors in the words that the readers rest on: `purchsed`, `custmers`, `emial`, `havnt`.

Only an unknown word near one of those words is read as that word; names and the shop's own products stay as they are
typed, and every quotation is of the words as typed.
"""

import re
from functools import lru_cache

from agent.brief.lexicon import lexicon

WORD = re.compile(r"(?<![a-z0-9@/.'_-])[a-z][a-z'/]{1,15}(?![a-z0-9@'_-]|\.[a-z])")
SHORTEST = 5


@lru_cache(maxsize=4096)
def meant(word: str) -> str:
    """The word that `word` (lower case) is taken for: itself where nothing is wrong with it."""
    from rapidfuzz.distance import OSA

    data = lexicon("spelling")
    if word in data["fixed"]:
        return str(data["fixed"][word])
    if len(word) < SHORTEST or word in data["words"] or word in data["real"] or "'" in word or "/" in word:
        return word
    for known in map(str, data["words"]):
        if known[0] == word[0] and OSA.distance(word, known, score_cutoff=1) <= 1:
            return known
    return word


def corrected(letters: list[str], at: list[int], text: str) -> tuple[list[str], list[int]]:
    """`letters` (single characters) and where each came from in `text`, with mistyped words replaced.

    A word that begins with a capital in mid-sentence may be a name and is left alone.
    """
    norm = "".join(letters)
    out: list[str] = []
    origin: list[int] = []
    end = 0
    for match in WORD.finditer(norm):
        word = meant(match[0])
        if word == match[0] or _is_name(norm, match, text, at):
            continue
        out += letters[end : match.start()]
        origin += at[end : match.start()]
        places = at[match.start() : match.end()]
        out += list(word)
        origin += [places[min(index, len(places) - 1)] for index in range(len(word) - 1)] + [places[-1]]
        end = match.end()
    return out + letters[end:], origin + at[end:]


def _is_name(norm: str, match: re.Match[str], text: str, at: list[int]) -> bool:
    typed = text[at[match.start()] : at[match.end() - 1] + 1]
    before = norm[: match.start()].rstrip(" ")
    return typed[:1].isupper() and not typed.isupper() and bool(before) and before[-1] not in ".!?\n:•-"
