"""Attributes that the copy claims of a product: only those in the product's record."""

from collections.abc import Iterator

from tools.compliance.finding import Finding, failed, message_rule, passed, shown, skipped
from tools.compliance.han import han_hits, simplified
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import hits
from tools.compliance.slots import products_of, record
from tools.compliance.text import joined


@message_rule("attr_facts")
def attr_facts(message: Message, context: Context, params: Params) -> Finding:
    """Material, size, origin, certification and ingredient words stand in a product's record, or fail."""
    text = joined(message.rendered)
    records = " \n ".join(record(fact, context) for fact in products_of(message, context))
    claimed = dict.fromkeys([*_english(text, params), *_chinese(text, params)])
    if not claimed:
        return skipped("The text claims no material, size, origin, certification or ingredient.")
    known = {*_english(records, params), *_chinese(records, params)}
    evidence = " \n ".join(entry.claim for entry in context.evidence)
    known |= {*_english(evidence, params), *_chinese(evidence, params)}
    unknown = [words for words in claimed if words not in known]
    if unknown:
        return failed(
            f"{shown(unknown)}: no product of this message has that in its record. "
            "Take the words out, or add the attribute to the catalogue."
        )
    return passed(f"{shown(claimed)}: in the product's record.")


def _english(text: str, params: Params) -> Iterator[str]:
    unless = params.words("unless_en")
    for phrases in params.groups("attributes_en").values():
        yield from (hit.words for hit in hits(text, phrases, unless))


def _chinese(text: str, params: Params) -> Iterator[str]:
    unless = params.words("unless_zh")
    for phrases in params.groups("attributes_zh").values():
        yield from (simplified(word) for word in han_hits(text, phrases, unless))
