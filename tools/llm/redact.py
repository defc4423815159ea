"""Personal data out of what is kept: addresses, numbers and what names a person by a pattern.

A second line only. The first is that no customer row, no brief and no free text is ever put in a prompt; what is left
(product and category names, the brand's voice) can still hold an address that somebody typed into a catalogue.
"""

import re
from collections.abc import Iterable

MASK = "[redacted]"
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.)\S+", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{1,4}\b", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\(?\d[\d\s().x/-]{4,}\d")
"""Six digits or more with what stands between them: phones, cards, social security, zip+4, dates of birth."""


def redact(text: str) -> str:
    """The text with e-mail and web addresses, IBANs, IP addresses and long numbers replaced by a mark."""
    for pattern in (_EMAIL, _URL, _IBAN, _ADDRESS):
        text = pattern.sub(MASK, text)
    return _NUMBER.sub(lambda m: MASK if sum(map(str.isdigit, m.group())) >= 6 else m.group(), text)


def redacted(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(redact(text) for text in texts)
