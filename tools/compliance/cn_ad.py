"""The Advertising Law of the PRC: absolute words, cited figures, medical words, minors."""

from tools.compliance.finding import Finding, failed, message_rule, passed, shown, skipped
from tools.compliance.han import han_hits, simplified
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.slots import products_of, record
from tools.compliance.text import joined


@message_rule("CN-AD-01")
def absolute_words(message: Message, context: Context, params: Params) -> Finding:
    """Absolute words in any disguise: the first tier blocks, the second warns, unless exempt by evidence."""
    text = joined(message.rendered)
    sounds = params.groups("homophones")
    exempt = [simplified(entry.claim) for entry in context.evidence if entry.exemption in params.words("exemptions")]

    def left(words: list[str]) -> list[str]:
        return [word for word in dict.fromkeys(words) if not any(simplified(word) in claim for claim in exempt)]

    unless = params.words("tier_one_unless")
    first = left(han_hits(text, params.words("tier_one"), unless, sounds, through_stops=True))
    if first:
        return failed(f"{shown(first)} is an absolute word that advertising may not use: take it out.")
    second = left(
        [
            *han_hits(text, params.words("tier_two"), params.words("tier_two_unless")),
            *found_words(text, params.words("tier_two_latin"), params.words("tier_two_latin_unless")),
        ]
    )
    if second:
        return failed(f"{shown(second)} may read as an absolute word: take it out, or add its exemption.", "warn")
    return passed("No absolute word.")


@message_rule("CN-AD-02")
def cited_figures(message: Message, _context: Context, params: Params) -> Finding:
    """A figure, statistic or rank names its source, scope and date in the copy."""
    text = simplified(joined(message.rendered))
    found = han_hits(text, params.words("claims"), params.words("claims_unless"))
    found += found_words(text, params.words("claims_en"), params.words("claims_en_unless"))
    if not found:
        return skipped("The text cites no figure or rank.")
    missing = [
        name for name, words in params.groups("needs").items() if not any(simplified(word) in text for word in words)
    ]
    if missing:
        return failed(f"{shown(found)} needs its {' and '.join(missing)} in the copy: add them, or take the words out.")
    return passed(f"{shown(found)}: with source, scope and date.")


@message_rule("CN-AD-03")
def medical_words(message: Message, context: Context, params: Params) -> Finding:
    """No medical words on ordinary goods; health food says that it replaces no medicine."""
    text = joined(message.rendered)
    records = " ".join(record(fact, context) for fact in products_of(message, context))
    found = han_hits(text, params.words("medical"), params.words("medical_unless"))
    if found:
        return failed(f"{shown(found)} is a medical word on goods that are no medicine: take it out.")
    if not han_hits(f"{text} {records}", params.words("health_food")):
        return skipped("The text uses no medical word, and no product is a health food.")
    if not han_hits(text, params.words("disclaimer")):
        return failed(f"Health food has to say {shown(params.words('disclaimer'))}: add it.")
    return passed("The health food's notice is in the text.")


@message_rule("CN-AD-04")
def minors(message: Message, context: Context, params: Params) -> Finding:
    """No child recommends; goods that are kept from minors are not advertised to them."""
    text = joined(message.rendered)
    spokes = han_hits(text, params.words("child_endorses"))
    if spokes:
        return failed(f"{shown(spokes)}: a child under ten may not recommend goods: take it out.")
    themes = han_hits(text, params.words("child_themes")) + found_words(text, params.words("child_themes_en"))
    records = " ".join(record(fact, context) for fact in products_of(message, context))
    kept = han_hits(f"{text} {records}", params.words("kept_from_minors"))
    kept += found_words(f"{text} {records}", params.words("kept_from_minors_en"), params.words("kept_unless_en"))
    if themes and kept:
        return failed(f"{shown(kept)} may not be advertised with {shown(themes)}: take the theme out.")
    return passed("Nothing is recommended by a child or advertised to minors that is kept from them.")
