"""Signs of text that nobody filled in."""

import re
import unicodedata

from tools.compliance.params import Params
from tools.compliance.phrases import found_words

_TAGS = re.compile(
    r"\{[^}]*\}?|\}|<<[^>]*>>|%%[^%\s]+%%|%[A-Z_]{2,}%|\*\|[^|]*\|\*|\$\{?[A-Z_]{2,}\}?|&&[^&\s]+&&"
    r"|\[[A-Z][A-Z _/-]*\]|【[A-Z_ ]+】|<[A-Z][A-Z_ ]*>|_{3,}"
)


def unfilled(text: str, params: Params) -> list[str]:
    """Merge tags of the common sending systems, braces, and a lexicon's filler words."""
    plain = unicodedata.normalize("NFKC", text)
    found = [match.group() for match in _TAGS.finditer(plain)]
    found += found_words(plain, params.words("filler"), params.words("unless"))
    found += [word for word in params.words("exact") if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain)]
    return found + [word for word in params.words("filler_zh") if word in plain]
