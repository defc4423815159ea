"""Which of the shop's own words a model may see. A catalogue is typed in by anybody: a name that reads as anything
else than a name is withheld, and the model writes of it by its slot alone."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from tools.compliance.text import has_han
from tools.llm.redact import redact

LONGEST = 60
MOST_WORDS = 8
_NAME = re.compile(r"[^\W_]+(?:['’.&+-]?[^\W_]+)*")
_UNIT = r"(?:[a-z]{1,3}|%|克|千克|毫升|升|片|个|袋|盒)"
_SIZE = re.compile(
    rf"(?:, ?| ?\(|\s)[0-9]+(?:[.,][0-9]+)? ?{_UNIT}\)?(?=$|[ ,])|[0-9]+(?:[.,][0-9]+)?{_UNIT}$", re.IGNORECASE
)
"""A number with its unit, in brackets, after a comma or at the end: what a name may hold of figures."""
_ALLOWED = frozenset(" ,'’&+-()/·")


@cache
def _lists() -> dict[str, frozenset[str]]:
    import yaml

    raw = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in raw.items()}


def shown_name(text: str | None, beside: str | None = None) -> str | None:
    """The name as a model may see it, without its size; null where it does not read as the name of a thing.

    A name has at most 60 characters, eight words and no sentence mark, address, number beside a size, or word of the
    kind that sentences and orders are made of. Two capitals or more, or a single word, could be a person's name or
    address: then a word of it must stand in `beside`, which is the category for a product and the product for a
    category.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text or "").split())
    name = _SIZE.sub(" ", plain)
    name = " ".join(name.split()).strip(" ,-/(")
    if not name or len(name) > LONGEST or redact(plain) != plain:
        return None
    if any(not (char.isalpha() or char in _ALLOWED or unicodedata.category(char)[0] == "M") for char in name):
        return None
    words, lists = [word.casefold() for word in _NAME.findall(name)], _lists()
    small = [word for word in words if word in lists["harmless"]]
    telling = [word for word in words if word in lists["telling"] - lists["harmless"]]
    telling += [word for word in lists["telling_zh"] if word in name]
    capitals = sum(word[:1].isupper() for word in _NAME.findall(name))
    if (capitals > 1 or len(words) == 1) and not has_han(name) and not set(words) & _words(beside):
        return None
    return None if not words or len(words) > MOST_WORDS or telling or len(small) > 1 else name


def _words(text: str | None) -> set[str]:
    return {word.casefold() for word in _NAME.findall(text or "")}


_NOT_SAID = re.compile(
    r"[$€£¥￥<>|\\]|https?:|www\.|@\w|\.(?:com|net|org|cn|io|co|ly|xyz|shop|top|link|info|biz|app|site|example)\b"
    r"|\d\s*(?:%|percent|per cent)\s*off|\bfree\s+(?:gift|delivery|shipping|for)\b|[!?。！？]|[.;](?:\s+\S+){4}"
    r"|\b(?:ignore|disregard|forget|override|previous|instructions?|system prompt|pretend)\b"
    r"|忽略|无视|指令|免费|\d\s*折",
    re.IGNORECASE,
)
_LONGEST_SAID = 90


def sayable(text: str) -> bool:
    """Whether a catalogue's name may stand in a message at all: looser than what a model may see.

    It is the shop's own text, but a name that holds a price, a discount, an address or a sentence is no name; the
    message then speaks of something else.
    """
    plain = unicodedata.normalize("NFKC", " ".join(text.split()))
    return len(plain) <= _LONGEST_SAID and len(_words(plain)) <= 14 and not _NOT_SAID.search(plain)
