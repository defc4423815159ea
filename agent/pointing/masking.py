"""A brief as a model may see it: the words that briefs are made of, and a mark for every digit, name and address.

A model that reads a brief needs to see *that* a sum, a share or a day stands in a clause. It never needs to see which
one, so it cannot repeat, change or invent it; and a signature's people stay in the house.
"""

import re
from functools import cache
from importlib.resources import files

from tools.llm.redact import MASK as REDACTED
from tools.llm.redact import redact

DIGIT, NAME = "#", "▒"
_ADDRESS = re.compile(r"@|://|[a-z]{2,}\.[a-z]{2,}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_LETTERS = re.compile(r"[a-z]{2,}")


def masked(text: str) -> str:
    """`text` with `#` for each digit and `▒` for what may name somebody.

    A word that begins with a capital, or is written in a script other than Latin and Chinese, is kept only where it
    belongs to the reader's own words. A name in small letters is not known from a word: what people write so is seen.
    """
    pieces = (redact(piece).replace(REDACTED, NAME) if _ADDRESS.search(piece) else piece for piece in text.split())
    return _WORD.sub(_word, re.sub(r"\d", DIGIT, " ".join(pieces)))


def _word(match: re.Match[str]) -> str:
    word = match[0]
    if "一" <= word[0] <= "鿿":
        return word
    plain = word.lower().replace("’", "'").strip(".'-")
    if word[0].islower() and plain.isascii():
        return word
    return word if all(len(part) < 2 or part in _known() for part in plain.split("-")) else NAME


@cache
def _known() -> frozenset[str]:
    """Latin words of the reader's lexicon, and of `kept.txt`: those that may stand in capitals and name nobody."""
    folder = files("agent.brief") / "lexicon"
    texts = [entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    own = (files(__package__) / "kept.txt").read_text("utf-8").split()
    return frozenset(word for text in texts for word in _LETTERS.findall(text)) | frozenset(own)
