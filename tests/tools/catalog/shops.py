"""Small shops for the catalogue's tests: Parquet as the store reads it, and orders with a known truth."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from tools.shop.profile import Sender, ShopInfo
from tools.shop.store import ShopStore

AS_OF = date(2017, 11, 24)
COLUMNS = ("product_id", "name", "category", "department", "price_minor", "cost_minor", "stock", "package_size")
GOODS = (
    ("p01", "ICE - CRUSHED/CUBED 22 LB", "FRZN ICE", "GROCERY", 399, None, None, "22 LB"),
    ("p02", "ICE - CRUSHED/CUBED 7 LB", "FRZN ICE", "GROCERY", 149, None, None, "7 LB"),
    ("p03", "BREAD:ITALIAN/FRENCH", "BREAD", "PASTRY", 150, None, None, None),
    ("p04", "CAN DOG FOOD (SKIPPY/PEDIGREE/ 13.2 OZ", "DOG FOODS", "GROCERY", 89, None, None, "13.2 OZ"),
    ("p05", "DRY DOG FOOD PREMIUM (ALPO/PUR 20 LB", "DOG FOODS", "GROCERY", 1299, None, None, "20 LB"),
    ("p06", "DRY DOG FOOD PREMIUM (ALPO/PUR 40 LB", "DOG FOODS", "GROCERY", 1999, None, None, "40 LB"),
    ("p07", "SCOOP LITTER 20 LB", "CAT LITTER", "GROCERY", 599, None, None, "20 LB"),
    ("p08", "GROUND COFFEE 12 OZ", "COFFEE", "GROCERY", 499, None, None, "12 OZ"),
    ("p09", "FLUID MILK WHITE ONLY 1 GA", "FLUID MILK PRODUCTS", "GROCERY", 259, None, None, "1 GA"),
    ("p10", "CIGARETTES CTN", "CIGARETTES", "DRUG GM", 3499, None, None, "CTN"),
    ("p11", "GASOLINE-REG UNLEADED", "COUPON/MISC ITEMS", "FUEL", 299, None, None, None),
    ("p12", "POPULAR 750ML WINES 750 ML", "DOMESTIC WINE", "GROCERY", 799, None, None, "750 ML"),
    ("p13", "TOOTHPASTE 6 OZ", "ORAL HYGIENE PRODUCTS", "DRUG GM", None, None, None, "6 OZ"),
    ("p14", "BANANAS 40 LB", "TROPICAL FRUIT", "PRODUCE", 94, None, None, "40 LB"),
    ("p15", "DOG TREATS (SOFT TREATS) 6 OZ", "DOG FOODS", "GROCERY", 249, None, None, "6 OZ"),
)


@dataclass
class Buying:
    """Order lines to be: who bought what, how many days before `AS_OF`."""

    lines: list[tuple[str, str, int]] = field(default_factory=list)

    def add(self, customers: list[str], product: str, days_ago: int) -> "Buying":
        self.lines += [(customer, product, days_ago) for customer in customers]
        return self


def products(**changes: Sequence[object]) -> pd.DataFrame:
    """The hand-made catalogue; whole columns can be replaced."""
    table = pd.DataFrame(list(GOODS), columns=list(COLUMNS)).assign(brand=None, description=None, url=None)
    for column in ("price_minor", "cost_minor", "stock"):
        table[column] = table[column].astype("Int64")
    return table.assign(**{name: pd.Series(values) for name, values in changes.items()})


def make_shop(folder: Path, catalogue: pd.DataFrame, buying: Buying | None = None, sha: str = "first") -> ShopStore:
    """Write a shop's tables into `folder` and open it."""
    folder.mkdir(parents=True, exist_ok=True)
    catalogue.to_parquet(folder / "products.parquet")
    rows = {"products": len(catalogue)}
    if buying is not None:
        rows["orders"] = len(buying.lines)
        _orders(catalogue, buying).to_parquet(folder / "orders.parquet")
    info = ShopInfo(
        name="Test shop",
        market="US",
        currency="USD",
        sender=Sender(brand="Test"),
        rows=rows,
        content_sha=sha,
        catalog_sha=sha,
    )
    return ShopStore(info, folder)


def _orders(catalogue: pd.DataFrame, buying: Buying) -> pd.DataFrame:
    price = catalogue.set_index("product_id")["price_minor"].astype("float").fillna(100).to_dict()
    noon = pd.Timestamp(AS_OF) + pd.Timedelta(hours=12)
    return pd.DataFrame(
        {
            "order_id": [f"o{number}" for number in range(len(buying.lines))],
            "customer_id": [customer for customer, _, _ in buying.lines],
            "product_id": [product for _, product, _ in buying.lines],
            "ordered_at": pd.to_datetime([noon - pd.Timedelta(days=days) for _, _, days in buying.lines]),
            "quantity": np.ones(len(buying.lines)),
            "amount_minor": [int(price[product]) for _, product, _ in buying.lines],
            "discount_minor": 0,
        }
    )
