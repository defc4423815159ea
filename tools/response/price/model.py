"""What prices do to demand: elasticities of products, categories and the shop, as a plan reads them."""

from __future__ import annotations

from pydantic import Field

from tools.vocabulary import Interval, Model


class CategoryPrices(Model):
    """A category: elasticities are the change of log demand for a change of the log price, negative as a rule."""

    name: str
    products: int = Field(ge=1)
    revenue_minor: float = Field(ge=0)
    own: Interval
    """A product's price alone."""
    whole: Interval
    """All prices of the category together: own and cross."""


class PriceModel(Model):
    """`model.json`."""

    names: tuple[str, ...]
    """Features, in their order."""
    whole: Interval
    """Where all prices of a category move together, the shop's mean: units an order, so orders that a discount on
    everything brings besides are not in it."""
    own: Interval
    categories: tuple[CategoryPrices, ...]
    products: dict[str, Interval]
    """Own-price elasticity, of the products that sell enough."""
