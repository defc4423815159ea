"""What the catalogue tool returns."""

from pydantic import Field

from tools.vocabulary import Model


class ProductFact(Model):
    """A product as the copy may state it: every fact comes from the catalogue."""

    product_id: str
    name: str
    """Cleaned up for a customer to read ("Frozen crushed ice, 22 lb")."""
    raw_name: str
    department: str | None = None
    category: str | None = None
    brand: str | None = None
    price_minor: int | None = Field(default=None, ge=0)
    currency: str
    stock: int | None = None
    url: str | None = None


class ProductChoice(Model):
    """A product chosen for a segment: the `products` part of a campaign."""

    product_id: str
    name: str
    category: str | None
    segment_id: str
    score: float = Field(ge=0, le=1)
    reasons: tuple[str, ...]
    """In words: "bought by 38 % of this segment in the last year"."""
    fact: ProductFact


class SearchHit(Model):
    product_id: str
    name: str
    category: str | None
    score: float
    keyword_rank: int | None
    vector_rank: int | None
