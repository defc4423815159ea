"""What was bought: the words after "bought", as terms for the shop's own categories."""

import re

from agent.brief.lexicon import LEFT, RIGHT
from tools.segments.filter import Scope

STOP = (
    r"and|or|nor|in|within|for|over|since|during|from|at|but|who|that|which|with|on|to|by|before|after|last|this|these|"
    r"ever|yet|again|"
    r"recently|lately|online|more|twice|regularly|often|than|because|so|we|is|are|have|has|haven't|hasn't|had|never|"
    r"once|through|until|every|between|inside|across|lives?|living|aged|spent|spend|while|when|if|only|up|though|"
    r"although|"
    r"without|except|excluding|as|via|using|let's|please|offer|give|send|budget|also|now|anymore|any more|exactly|"
    r"fewer|less|not|email|sms|no|wait|sorry|actually|about|into|against|whose|them|they|anymore|already|after|around|should|must|will|would|can|could|may|"
    r"(?:two|three|four|five|six|ten|twelve)(?= (?:or more|or fewer|times|plus))"
)
WORD = r"[a-zà-ÿ][a-zà-ÿ'&.-]*[a-zà-ÿ]|[a-zà-ÿ]"
OBJECT = (
    rf"(?:(?!(?:{STOP}){RIGHT})(?:{WORD}|\d+[- ]?(?:lb|oz|kg|pack)s?)"
    rf"(?:(?:,?\s(?:and|or|&|或者?|和)\s|\s|,\s(?=[a-z' -]{{1,24}}(?:,|\sor\s|\sand\s))|/)"
    rf"(?!(?:{STOP}){RIGHT})(?:{WORD})){{0,7}})"
)
"""A noun phrase, perhaps several joined: `dog food`, `coffee or tea`, `our dark roast`."""
NOTHING = frozenset(
    [
        "anything",
        "something",
        "it",
        "them",
        "any",
        "again",
        "a",
        "one",
        "thing",
        "things",
        "stuff",
        "us",
        "products",
        "product",
        "items",
        "item",
        "purchase",
        "order",
        "orders",
        "purchases",
        "elsewhere",
        "back",
        "nothing",
        "goods",
        "anything-else",
        "anything",
        "else",
        "lot",
        "lots",
        "both",
        "time",
        "times",
        "second time",
        "third time",
    ]
)
EMPTY = re.compile(
    r"^(?:(?:any of|some of|all of|one of|an? lot of|lots of|lot of|our|the|your|their|any|some|a|an|of|my|more|"
    r"at least one|only|just|both|either|new|a few|products? (?:from|in)|items? (?:from|in)|stuff from)\s+)+"
)
TAIL = re.compile(
    rf"\s+(?:from us|with us|us|{LEFT}product|customers?|stuff|in store|in the store|themselves|too|either|as well|"
    r"instead)$"
)


def terms(words: str) -> tuple[tuple[str, ...], bool]:
    """The products that `words` name, and whether all of them are meant ("coffee and tea") or any."""
    text = words.strip(" .,'-")
    every = bool(re.search(r"\s(?:and|&)\s", text)) and not re.search(r"\s(?:or|and/or|或者?)\s", text)
    parts = [_clean(part) for part in re.split(r",?\s(?:and/or|and|or|&|或者?|和)\s|,\s|/", text)]
    found = tuple(dict.fromkeys(part for part in parts if part and part not in NOTHING))
    return found, every and len(found) > 1


def _clean(part: str) -> str:
    text = TAIL.sub("", EMPTY.sub("", part.strip()))
    return "" if text in NOTHING else text.strip()


def scope_of(words: str | None) -> Scope:
    """The scope that any of the named products satisfy."""
    return Scope(terms=terms(words)[0]) if words else Scope()
