"""Words of a segment that touch a special category of personal data, or a proxy of one."""

from collections.abc import Iterable

from tools.compliance.han import han_hits
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.rule import rules


def sensitive_terms(words: Iterable[str]) -> tuple[str, ...]:
    """Which of a filter's words touch a special category of GDPR art. 9 or a proxy of one, by rule EU-SG-01's lists.

    Args:
        words: category, product, brand and attribute names and values of the segment filters.
    """
    params = Params(rules()["EU-SG-01"].params)
    listed = [word for group in params.groups("categories").values() for word in group]
    latin = [word for word in listed if word.isascii()]
    han = [word for word in listed if not word.isascii()]
    unless = params.words("unless")
    return tuple(word for word in dict.fromkeys(words) if found_words(word, latin, unless) or han_hits(word, han))
