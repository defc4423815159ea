"""Product and category names that a customer would read.

`display_name("ICE - CRUSHED/CUBED 22 LB", "FRZN ICE", "GROCERY", None, "22 LB")` is "Crushed and cubed ice, 22 lb".
A name that was written for people is left as it is, so both functions are idempotent.
"""

from dataclasses import dataclass

from tools.catalog import receipt
from tools.catalog.sizes import TRAILING, display_size


@dataclass(frozen=True)
class CleanName:
    """A product's name in two facts: what it is, and its pack size (either may be empty)."""

    words: str
    """As it stands within a sentence: small letters but for proper names."""
    size: str
    written: bool = False
    """The name was written for people, and stays as it is."""

    @property
    def text(self) -> str:
        words = self.words if self.written else self.words[:1].upper() + self.words[1:]
        return f"{words}, {self.size}" if words and self.size else words or self.size


def clean_name(
    name: str | None,
    category: str | None = None,
    department: str | None = None,
    brand: str | None = None,
    package_size: str | None = None,
) -> CleanName:
    """What the record says of a product, split into words and size. Nothing is added that the record does not say.

    Args:
        brand: only its spelling is used, where the name already holds it ("COCA-COLA" and brand "Coca-Cola").
    """
    raw, size = " ".join((name or "").split()), " ".join((package_size or "").split())
    if raw and not receipt.is_receipt(raw):
        return CleanName(words=raw, size="", written=True)
    if size and raw.endswith(size):
        raw = raw.removesuffix(size).rstrip()
    elif not size and (match := TRAILING.search(raw)):
        raw, size = raw[: match.start()], match[1]
    words = receipt.name_words(raw, category) if raw else ""
    for fallback in (category, department):
        if not words and fallback:
            words = receipt.category_words(" ".join(fallback.split()))
    if brand and not receipt.is_receipt(brand):
        words = _spell(words, brand)
    return CleanName(words=words, size=display_size(size, loose=receipt.is_loose(department)))


def display_name(
    name: str | None,
    category: str | None = None,
    department: str | None = None,
    brand: str | None = None,
    package_size: str | None = None,
) -> str:
    """A product's name for a customer to read, its pack size behind a comma. Empty if the record says nothing."""
    return clean_name(name, category, department, brand, package_size).text


def display_category(category: str | None) -> str:
    """A category for a customer to read, in small letters so that it can stand in a sentence ("dog food")."""
    return receipt.category_words(category) if category else ""


def spoken_category(category: str | None) -> str:
    """Every word of a category, for search: "FRZN ICE" is "frozen ice", which a customer reads as "ice"."""
    shown = display_category(category)
    if not category or not receipt.is_receipt(category):
        return shown
    every = receipt.by_rule(" ".join(category.split()))
    return every if set(shown.lower().split()) <= set(every.lower().split()) else shown


def _spell(words: str, brand: str) -> str:
    start = words.lower().find(brand.lower())
    return words if start < 0 else words[:start] + brand + words[start + len(brand) :]
