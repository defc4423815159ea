"""Till-receipt wording into words that a customer would read, from the record alone.

The rules and the dictionary (abbreviations.yaml, receipt_names.yaml) expand, reorder and leave out; they never add a
fact. "BREAD:ITALIAN/FRENCH" turns its head round, "APPLES GALA (BULK&BAG)" drops what is for the till, "PREMIUM" takes
the noun of its category, and what no rule reads well is written out whole in receipt_names.yaml.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import yaml

_OPEN_PARENTHESIS = re.compile(r"\([^()]*$")
_PARENTHESES = re.compile(r"\s*\([^()]*\)\s*")
_HEAD = re.compile(r"^([A-Z][A-Z' ]{1,24}?)(?:\s*:\s*|\s*- | -\s*)(?=\S)(.+)$")
_MAGAZINE = re.compile(r"^(.+?)-MAGAZINE$")
_TOKEN = re.compile(r"[^\s]+")


@dataclass(frozen=True)
class Dictionary:
    """abbreviations.yaml and receipt_names.yaml, read once. Keys are receipt words in upper case."""

    words: dict[str, str]
    phrases: tuple[tuple[re.Pattern[str], str], ...]
    proper: dict[str, str]
    """Lower case to the spelling with its capital."""
    nouns: frozenset[str]
    vague: frozenset[str]
    vague_nouns: frozenset[str]
    loose: frozenset[str]
    """Departments whose pack sizes are those of the shipping case."""
    names: dict[str, str]
    """`NAME` or `CATEGORY > NAME`, whole."""
    categories: dict[str, str]


@cache
def dictionary() -> Dictionary:
    here = files("tools.catalog")
    short = yaml.load(here.joinpath("abbreviations.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    whole = yaml.load(here.joinpath("receipt_names.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    phrases = sorted(short["phrases"].items(), key=lambda item: -len(item[0]))
    lower_anyway = set(short["proper_not"])
    spelled = [word for word in (*short["proper"], *short["acronyms"]) if word.lower() not in lower_anyway]
    return Dictionary(
        words=short["words"],
        phrases=tuple((re.compile(rf"(?<![A-Z]){re.escape(raw)}(?![A-Z])"), clean) for raw, clean in phrases),
        proper={word.lower(): word for word in spelled},
        nouns=frozenset(short["nouns"]),
        vague=frozenset(short["vague"]),
        vague_nouns=frozenset(short["vague_nouns"]),
        loose=frozenset(short["loose"]),
        names=whole["names"],
        categories=whole["categories"],
    )


def is_receipt(text: str) -> bool:
    """Shouted in capitals: a text with any small letter, or in a script without capitals, was written for people."""
    return text.upper() == text and any("A" <= letter <= "Z" for letter in text)


def is_loose(department: str | None) -> bool:
    return (department or "") in dictionary().loose


@lru_cache(maxsize=16384)
def category_words(category: str) -> str:
    """A category in small letters, ready to stand in a sentence: "DOG FOODS" is "dog food"."""
    raw = " ".join(category.split())
    if not is_receipt(raw):
        return raw
    whole = dictionary().categories.get(raw)
    return whole if whole is not None else by_rule(raw)


@lru_cache(maxsize=65536)
def name_words(name: str, category: str | None) -> str:
    """A product's name without its size, small letters but for proper names; empty where nothing can be said."""
    known = dictionary().names
    raw = " ".join(name.split())
    for key in (f"{category} > {raw}", raw):
        if key in known:
            return known[key]
    words = by_rule(raw)
    if not category or not is_vague(words):
        return words
    noun = category_words(category)
    return joined(noun, words) if dictionary().vague_nouns & set(words.split()) else joined(words, noun)


def is_vague(words: str) -> bool:
    bare = re.sub(r"[,']", " ", words.lower()).split()
    known = dictionary()
    return all(word in known.vague or word in known.vague_nouns for word in bare)


def joined(words: str, noun: str) -> str:
    """Modifier and noun, without saying a word twice ("ground" + "ground beef")."""
    said = set(noun.lower().split())
    kept = [word for word in words.split() if word.lower() not in said]
    return " ".join((*kept, noun)) if kept else noun


def by_rule(raw: str) -> str:
    """The general reading of receipt words: brackets off, head turned round, words expanded, lists joined."""
    text = _PARENTHESES.sub(" ", _OPEN_PARENTHESIS.sub("", raw)).strip(" -/:&")
    if match := _MAGAZINE.match(text):
        return f"{_expanded(match[1])} magazine"
    for pattern, clean in dictionary().phrases:
        text = pattern.sub(clean, text)
    text = text.replace(" W/O ", " WITHOUT ").replace(" W/", " WITH ")
    if match := _HEAD.match(text):
        return joined(_expanded(match[2]), _expanded(match[1])).strip()
    first, _, rest = text.partition(" ")
    if rest and first in dictionary().nouns and not rest.startswith(("AND ", "& ", "/ ", "IN ", "WITH ")):
        return joined(_expanded(rest), _expanded(first))
    return _expanded(text)


def _expanded(text: str) -> str:
    """Receipt words in small letters, each expanded; "A/B&C" becomes "a, b and c"."""
    parts = [_phrase(part) for part in re.split(r"\s*[/&]\s*", text)]
    listed = list(dict.fromkeys(part for part in parts if part))
    if len(listed) > 1:
        return ", ".join(listed[:-1]) + " and " + listed[-1]
    return listed[0] if listed else ""


def _phrase(text: str) -> str:
    said = dictionary()
    words: list[str] = []
    for token in _TOKEN.findall(text.replace(";", " ")):
        bare = token.strip(".,:-*")
        clean = said.words.get(bare, bare.lower() if bare == bare.upper() else bare)
        for word in clean.split():
            spelled = said.proper.get(word.lower(), word)
            if not words or words[-1].lower() != spelled.lower():
                words.append(spelled)
    while words and words[-1] in ("and", "or", "with", "ex", "except", "the", "of", "&"):
        words.pop()
    while words and words[0] in ("and", "or", "with", "&"):
        words.pop(0)
    return " ".join(words)
