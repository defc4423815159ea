"""Finding what a reader could follow: addresses, domains, e-mail, phone numbers, handles, codes; and the allow-list."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from tools.compliance.message import Context
from tools.compliance.text import GAP

_ASCII = r"[!#-&(-;=?-~]"
"""Printable ASCII without quotes and angle brackets: what an address goes on with."""
_URL = re.compile(
    rf"(?:[a-z][a-z0-9+.-]*://{_ASCII}*|(?:mailto|tel|sms|javascript|data|vbscript):{_ASCII}+)", re.IGNORECASE
)
_EMAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?<![A-Za-z0-9@.-])(?:{_LABEL}\.)+(?:xn--[A-Za-z0-9-]+|[A-Za-z]{{2,}})(?:[/?#:]{_ASCII}*)?")
_FOREIGN_DOMAIN = re.compile(r"(?<![\w.])(?:[^\W_]+\.)+[^\W\d_]{2,}")
"""After the ASCII ones are taken out: a domain with letters of another alphabet."""
_HANDLE = re.compile(r"(?<![\w.])@[\w.]{2,}")
_PHONE = re.compile(r"(?<![A-Za-z0-9.,$€£¥￥])\+?\(?\d[\d\s().\-]{5,}\d(?![A-Za-z0-9])")
_MARKDOWN = re.compile(r"!?\[[^\]]*\]\([^)]*\)|!\[[^\]]*\]|\[[^\]]+\]:\s*\S+")
_TRAILING = ".,;:!?)]}'\"。，；：！？）】”"
_SPOKEN_TOP = "com|net|org|cn|io|co|ly|xyz|shop|top|link|info|biz|app|site|online|store|club|example"
_SPOKEN = re.compile(
    r"\s*(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))\s*"
    rf"|\s+dot\s+(?=(?:{_SPOKEN_TOP})\b)|(?<=[A-Za-z0-9])点(?=(?:{_SPOKEN_TOP})(?![A-Za-z]))",
    re.IGNORECASE,
)
"""Dots in words and brackets: evil[.]com, evil dot com, evil点com."""


def normal(text: str) -> str:
    """NFKC, invisible characters out, and the ways of writing a dot made dots."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    plain = re.sub(r"(?<=[a-zA-Z0-9])[。．｡](?=[a-zA-Z0-9])", ".", plain)
    return _SPOKEN.sub(".", plain)


def markdown(text: str) -> list[str]:
    return _MARKDOWN.findall(text)


def addresses(text: str) -> list[str]:
    """URLs, e-mail addresses, bare domains and @handles, as they are written, in this order."""
    rest = normal(text)
    found: list[str] = []
    for pattern in (_URL, _EMAIL, _DOMAIN, _FOREIGN_DOMAIN, _HANDLE):
        hits = [hit.rstrip(_TRAILING) for hit in pattern.findall(rest)]
        found += [hit for hit in hits if hit]
        rest = pattern.sub(f" {GAP} ", rest)
    return found


def phones(text: str) -> list[str]:
    """Runs that read as a phone number: seven digits or more, with the usual marks between them."""
    return [hit.strip() for hit in _PHONE.findall(normal(text)) if sum(char.isdigit() for char in hit) >= 7]


def codes(text: str, cues: Iterable[str]) -> list[str]:
    """What reads as a coupon code: capitals and digits in one word, or a word in capitals after `code` and the like."""
    found = []
    plain = normal(text)
    for word in re.findall(r"[A-Za-z0-9][A-Za-z0-9_-]{3,}", plain):
        if any(char.isdigit() for char in word) and any(char.isupper() for char in word) and not _looks_numeric(word):
            found.append(word)
    for cue in cues:
        found += re.findall(rf"(?i:{re.escape(cue)})\s*:?\s*[\"'“]?([A-Z][A-Z0-9_-]{{2,}})(?![a-z])", plain)
    return list(dict.fromkeys(found))


def _looks_numeric(word: str) -> bool:
    """A size or a count with its unit (`22LB`), which the facts rules judge."""
    return bool(re.fullmatch(r"\d+(?:[A-Z]{1,2}|-?[A-Z]?[a-z]*)", word))


def host_of(address: str) -> str:
    """The host that an address leads to, lower case, without `www.`; empty where there is none."""
    text = address if "://" in address else f"//{address}"
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rstrip(".")


def allow_list(context: Context) -> tuple[str, ...]:
    """The campaign's links, and what the sender and the catalogue are known by."""
    sender = context.sender
    own = (sender.website, sender.unsubscribe_url, sender.support_email, *(fact.url for fact in context.products))
    return tuple(dict.fromkeys(link for link in (*context.allowed_links, *own) if link))


@lru_cache(maxsize=256)
def _split(allowed: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...], frozenset[str], frozenset[str]]:
    """Bare hosts; whole addresses; e-mail addresses; phone digits."""
    hosts, whole, mails, numbers = set(), [], set(), set()
    for entry in allowed:
        if "@" in entry and "/" not in entry:
            mails.add(entry.casefold())
        elif re.fullmatch(r"\+?[\d\s().\-]+", entry):
            numbers.add("".join(filter(str.isdigit, entry)))
        elif "/" not in entry.partition("://")[2].rstrip("/") and "?" not in entry:
            hosts.add(host_of(entry))
        else:
            whole.append(entry.rstrip("/"))
    return frozenset(hosts), tuple(whole), frozenset(mails), frozenset(numbers)


def allowed_address(address: str, allowed: tuple[str, ...]) -> bool:
    """An address of the list, or a page of a listed host by https; nothing that could lead on to another site."""
    hosts, whole, mails, _ = _split(allowed)
    if address.casefold() in mails or address.casefold().removeprefix("mailto:") in mails:
        return True
    if address.rstrip("/") in whole or any(_continues(address, entry) for entry in whole):
        return True
    return host_of(address) in hosts and _plain(address)


def _continues(address: str, entry: str) -> bool:
    """The entry itself with a query, a path or a customer's token after it; also written without `https://`."""
    bare_entry, bare_address = entry.removeprefix("https://"), address.removeprefix("https://")
    rest = bare_address.removeprefix(bare_entry)
    return bare_address.startswith(bare_entry) and (not rest or rest[0] in "/?&#") and _plain(address)


def _plain(address: str) -> bool:
    """https or no scheme, no user name, no second address inside, no port of its own."""
    scheme, parted, rest = address.partition("://")
    if not parted:
        scheme, rest = "https", address
    folded = rest.casefold()
    second = any(mark in folded for mark in ("//", "%2f%2f", "@", "\\", "%40", "%3a"))
    return scheme.casefold() == "https" and not second and ":" not in folded


def allowed_phone(number: str, allowed: tuple[str, ...]) -> bool:
    digits = "".join(filter(str.isdigit, number))
    return any(digits == known or digits.lstrip("01") == known.lstrip("01") for known in _split(allowed)[3])
