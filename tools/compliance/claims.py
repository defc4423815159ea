"""Health and environmental claims."""

from tools.compliance.finding import Finding, failed, message_rule, passed, shown, skipped
from tools.compliance.han import han_hits
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.text import fold, joined, sentences


def evidenced(words: list[str], context: Context) -> bool:
    """Every one of the words is covered by a claim of the context's evidence."""
    claims = [fold(entry.claim) for entry in context.evidence if entry.evidence_id.strip()]
    return all(any(fold(word) in claim for claim in claims) for word in words)


@message_rule("EU-HE-01")
def health(message: Message, context: Context, params: Params) -> Finding:
    """Goods that are no medicine cure, treat and prevent no disease; a health claim needs its authorisation."""
    found = []
    for sentence in sentences(joined(message.rendered)):
        verbs = found_words(sentence, params.words("verbs"), params.words("verbs_unless"))
        diseases = found_words(sentence, params.words("diseases"), params.words("diseases_unless"))
        if verbs and diseases:
            found.append(f"{verbs[0]} … {diseases[0]}")
        found += found_words(sentence, params.words("claims"), params.words("claims_unless"))
        found += han_hits(sentence, params.words("claims_zh"), params.words("claims_zh_unless"))
    if not found:
        return skipped("The text makes no health claim.")
    if evidenced(found, context):
        return passed(f"{shown(found)}: the authorised claim is in the evidence.")
    return failed(f"{shown(found)} is a health claim: take it out, or add the authorised claim's id to the evidence.")


@message_rule("EU-GR-01")
def green(message: Message, context: Context, params: Params) -> Finding:
    """No generic environmental claim without evidence of it."""
    text = joined(message.rendered)
    found = found_words(text, params.words("claims"), params.words("unless"))
    found += han_hits(text, params.words("claims_zh"), params.words("unless_zh"))
    if not found:
        return skipped("The text makes no environmental claim.")
    if evidenced(found, context):
        return passed(f"{shown(found)}: in the evidence.")
    return failed(f"{shown(found)} is a generic environmental claim: take it out, or add the evidence's id.")
