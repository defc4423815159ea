"""The language of the copy, and how hard it is to read."""

import unicodedata
from collections import Counter

from tools.compliance.finding import Finding, failed, message_rule, passed, shown, skipped
from tools.compliance.links import addresses
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.text import GAP, bare, has_han, joined, sentences, tokens


def scripts(text: str) -> Counter[str]:
    """Letters by script: `LATIN`, `HAN`, or the first word of the letter's Unicode name."""
    counts: Counter[str] = Counter()
    for char in text:
        if unicodedata.category(char)[0] == "L":
            counts["HAN" if has_han(char) else unicodedata.name(char, "UNKNOWN").split()[0]] += 1
    return counts


def _own_words(message: Message) -> dict[str, str]:
    """Part → the writer's own words: without slots and addresses."""
    own = {}
    for part, text in message.parts.items():
        words = bare(text)
        for address in addresses(words):
            words = words.replace(address, GAP)
        own[part] = words
    return own


@message_rule("language")
def language(message: Message, _context: Context, params: Params) -> Finding:
    """The words are in the brief's language, by their script, and for English by its commonest words."""
    own = _own_words(message)
    counts = scripts(joined(own))
    letters = counts.total()
    if not letters:
        return skipped("The message has no words outside its slots.")
    wanted = {"en": {"LATIN"}, "zh": {"HAN", "LATIN"}}[message.language]
    if set(counts) - wanted - {"MODIFIER"}:
        foreign = [char for char in joined(own) if set(scripts(char)) - wanted - {"MODIFIER"}]
        return failed(
            f"Letters of another script than {message.language}: {shown(foreign)}. Write the words in one language."
        )
    if message.language == "zh" and counts["HAN"] < params.number("least_han_share") * letters:
        return failed("Most of the text is in Latin letters, and the brief asks for Chinese: write it in Chinese.")
    if message.language == "en" and not all(_english(text, params) for text in (joined(own), *own.values())):
        return failed("The text does not read as English, which the brief asks for: write it in English.")
    return passed(f"The words are in {message.language}.")


def _english(text: str, params: Params) -> bool:
    words = [word for word in tokens(text) if word.isalpha() or "'" in word]
    if len(words) < params.number("fewest_words"):
        return True
    common = frozenset(params.words("common_words"))
    share = sum(word in common or "'" in word for word in words) / len(words)
    return share >= params.number("least_common_share")


def syllables(word: str) -> int:
    """Vowel groups, less a silent final e; at least one. Within one of the dictionary for most words."""
    vowels = "aeiouy"
    groups = sum(char in vowels and (at == 0 or word[at - 1] not in vowels) for at, char in enumerate(word.casefold()))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def grade(text: str) -> float | None:
    """Flesch-Kincaid grade level; null for fewer than two words.

    0.39 words a sentence + 11.8 syllables a word − 15.59 (Kincaid et al. 1975).
    """
    words = [word for word in tokens(text) if word[0].isalpha()]
    if len(words) < 2:
        return None
    rows = [row for row in sentences(text) if any(char.isalpha() for char in row)]
    per_sentence = len(words) / max(1, len(rows))
    return 0.39 * per_sentence + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@message_rule("readability")
def readability(message: Message, _context: Context, params: Params) -> Finding:
    """English SMS and push: Flesch-Kincaid grade; Chinese: characters a sentence."""
    own = {part: text for part, text in _own_words(message).items() if part != "footer"}
    if message.language == "zh":
        longest = max((row for text in own.values() for row in sentences(text)), key=len, default="")
        most = int(params.number("zh_sentence"))
        if len(longest) > most:
            return failed(f"A sentence of {len(longest)} characters, {shown([longest])}: at most {most} read easily.")
        return passed(f"The longest sentence has {len(longest)} characters.")
    if message.channel not in ("sms", "push"):
        return skipped("English e-mail has no grade limit.")
    level = grade("\n".join(own.values()))
    if level is None:
        return skipped("Too few words to grade.")
    highest = params.number("en_grade")
    if level > highest:
        return failed(
            f"Reads at grade {level:.1f}, and {highest:g} is the limit: use shorter sentences and plainer words."
        )
    return passed(f"Reads at grade {max(level, 0):.1f}.")
