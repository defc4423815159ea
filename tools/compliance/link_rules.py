"""Links, addresses, phone numbers and codes: only those of the campaign."""

from collections.abc import Iterable

from tools.compliance import links
from tools.compliance.finding import Finding, failed, message_rule, passed, shown
from tools.compliance.han import han_hits
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.slots import products_of
from tools.compliance.text import GAP, bare, fold, joined


@message_rule("link_facts")
def link_facts(message: Message, context: Context, params: Params) -> Finding:
    """Every address, domain, phone number and code of the text is on the campaign's list; no markdown link or image."""
    text = joined(message.rendered)
    allowed = links.allow_list(context)
    problems = []
    if found := links.markdown(text):
        problems.append(f"markdown links or images {shown(found)}")
    known = _known_words(message, context, frozenset(params.words("top_level")))
    found = [hit for hit in links.addresses(text) if hit not in known and not links.allowed_address(hit, allowed)]
    if found:
        problems.append(f"addresses that are not on the campaign's list: {shown(found)}")
    without_address = _without(text, (context.sender.postal_address, message.slots.get("expiry"), *allowed))
    if found := [hit for hit in links.phones(without_address) if not links.allowed_phone(hit, allowed)]:
        problems.append(f"phone numbers that are not on the campaign's list: {shown(found)}")
    if found := _unknown_codes(without_address, {*known, *context.allowed_codes}, params):
        problems.append(f"codes that are not the plan's: {shown(found)}")
    if found := _contacts(message, context, params):
        problems.append(f"ways of contact that are not the campaign's: {shown(found)}")
    if problems:
        return failed(f"The text holds {'; '.join(problems)}. Take them out, or add them to the allowed links.")
    return passed("Every link, address, phone number and code is the campaign's own.")


def _known_words(message: Message, context: Context, top_level: frozenset[str]) -> set[str]:
    """Dotted or coded words that are names of the catalogue or the sender (`Dr.Pepper`), unless they end as domains do.

    A catalogue is untrusted: a product called `evil.example` is still an address.
    """
    names = [name for fact in products_of(message, context) for name in (fact.name, fact.raw_name, fact.brand or "")]
    names += [context.sender.brand, context.sender.legal_name or "", *context.allowed_numbers]
    words = {word.strip(",;()") for name in names for word in name.split()} - {""}
    return {word for word in words if not _ends_as_domain(word, top_level)}


def _ends_as_domain(word: str, top_level: frozenset[str]) -> bool:
    last = word.casefold().rpartition(".")[2]
    return "." in word and (len(last) == 2 or last in top_level)


def _contacts(message: Message, context: Context, params: Params) -> list[str]:
    """Networks and scanned codes that lead away from the campaign, unless it runs there or has listed them."""
    if message.channel in ("social", "wechat"):
        return []
    own = bare(joined(message.parts))
    listed = {fold(entry) for entry in context.allowed_links}
    found = found_words(own, params.words("contacts")) + han_hits(own, params.words("contacts_zh"))
    return [word for word in found if fold(word) not in listed]


def _without(text: str, known: Iterable[str | None]) -> str:
    for phrase in sorted(filter(None, known), key=len, reverse=True):
        text = text.replace(phrase, GAP)
    return text


def _unknown_codes(text: str, known: set[str], params: Params) -> list[str]:
    bare_text = text
    for address in links.addresses(text):
        bare_text = bare_text.replace(address, GAP)
    return [code for code in links.codes(bare_text, params.words("cues")) if code not in known]
