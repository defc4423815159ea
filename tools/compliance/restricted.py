"""Goods that are kept from minors: alcohol, tobacco, vapes, gambling."""

from tools.compliance.finding import Finding, failed, message_rule, passed, shown, skipped
from tools.compliance.han import han_hits
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.slots import products_of
from tools.compliance.text import joined


@message_rule("UK-AL-01")
def age_restricted(message: Message, context: Context, params: Params) -> Finding:
    """Every recipient's age is known and of age; nothing in the text speaks to minors."""
    text = joined(message.rendered)
    facts = products_of(message, context)
    goods = "\n".join(
        word for fact in facts for word in (fact.name, fact.raw_name, fact.category, fact.department) if word
    )
    goods = f"{goods}\n{text}"
    found = found_words(goods, params.words("goods"), params.words("goods_unless"))
    found += han_hits(goods, params.words("goods_zh"), params.words("goods_zh_unless"))
    if not found:
        return skipped("No product is age-restricted.")
    ages = params.numbers("ages")
    limit = int(max(ages.values()) if message.market == "XX" else ages[message.market])
    themes = found_words(text, params.words("themes")) + han_hits(text, params.words("themes_zh"))
    if themes:
        return failed(f"{shown(found)} may not be advertised with {shown(themes)}: take the theme out.")
    audience = context.audience
    if audience.possibly_under_age or audience.min_age_known_share < 1:
        return failed(
            f"{shown(found)} may only go to people known to be {limit}: the age of "
            f"{1 - audience.min_age_known_share:.0%} is not known, {audience.possibly_under_age} may be under age."
        )
    if audience.youngest_known_age is None or audience.youngest_known_age < limit:
        return failed(f"{shown(found)} may only go to people of {limit} and over: narrow the audience by age.")
    return passed(f"{shown(found)}: everyone in the audience is known to be {limit} or over.")
