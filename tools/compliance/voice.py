"""The brand's voice: words that must or must never be said, the spelling of names, no shouting."""

import re

from tools.compliance.finding import Finding, failed, message_rule, passed, shown
from tools.compliance.han import han_hits
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.text import bare, clauses, fold, has_han, joined


@message_rule("brand_voice")
def brand_voice(message: Message, context: Context, params: Params) -> Finding:
    """Must-say and never-say words; the brand spelt as the shop spells it; shouting is only a warning."""
    text = joined(message.rendered)
    problems = []
    if missing := [word for word in context.must_include if not _says(text, word)]:
        problems.append(f"{shown(missing)} must be said")
    if said := [word for word in context.must_avoid if _says(text, word)]:
        problems.append(f"{shown(said)} must not be said")
    if rude := found_words(text, params.words("never")) + han_hits(text, params.words("never_zh")):
        problems.append(f"{shown(rude)} is never said")
    if odd := _misspelt(text, context.sender.brand):
        problems.append(f"the brand is written {context.sender.brand!r}, not {shown(odd)}")
    if problems:
        return failed(f"{'; '.join(problems)[:1].upper()}{'; '.join(problems)[1:]}: change the words.")
    loud = _shouting(bare(joined(message.parts)), context.sender.brand, params)
    if loud:
        return failed(f"{shown(loud)} reads as shouting: use ordinary case and one mark.", "warn")
    return passed("Says what it must, and nothing that it must not.")


def _says(text: str, word: str) -> bool:
    if has_han(word):
        return bool(han_hits(text, [word]))
    return bool(found_words(text, [word])) if any(char.isalnum() for char in word) else word in text


def _misspelt(text: str, brand: str) -> list[str]:
    """The brand's letters in another case, outside addresses."""
    brand = clauses(brand)
    if not brand or brand == fold(brand):
        return []
    pattern = rf"(?<![\w@./-]){re.escape(brand)}(?![\w@-]|\.\w)"
    return [
        found
        for found in re.findall(pattern, clauses(text), flags=re.IGNORECASE)
        if found not in (brand, brand.upper())
    ]


def _shouting(text: str, brand: str, params: Params) -> list[str]:
    allowed = {*params.words("capitals_allowed"), *brand.upper().split()}
    loud = [word for word in re.findall(r"(?<!\w)[A-Z]{4,}(?!\w)", text) if word not in allowed]
    return (loud if len(loud) > 1 else []) + re.findall(r"[!！]{2,}|[?？]{2,}|[!！][?？]", text)
