"""A shop that sells nothing that a campaign may offer: there is nothing to recommend, and that is what is said."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.deps import Deps
from agent.settings import Settings
from agent.training.recommend import train_recommend_model
from agent.training.run import PASSED_OVER
from tests.agent.training.sender import SENDER
from tools.failure import ToolFailure
from tools.shop.importing import import_shop
from tools.shop.sources import find_sources

pytestmark = pytest.mark.slow

TABLES = {
    "customers": "customer_id,email,consent_email\nc1,c1@example.com,true\n",
    "products": "product_id,name,category,department,price\np1,Unleaded,FUEL,FUEL,2.50\np2,A coupon,COUPON,COUPON,0\n",
    "orders": "order_id,customer_id,product_id,ordered_at,quantity,amount\no1,c1,p1,2025-01-02T10:00:00Z,1,2.50\n",
}


def test_a_shop_without_goods_says_so(tmp_path: Path) -> None:
    source, home = tmp_path / "in", tmp_path / "home"
    source.mkdir()
    for name, text in TABLES.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    import_shop(find_sources(source), home=home, name="Shop", currency="USD", market="US", sender=SENDER)
    deps = Deps(settings=Settings(home=home), now=lambda: datetime(2025, 6, 1, tzinfo=UTC))
    with pytest.raises(ToolFailure) as failure:
        train_recommend_model(deps, date(2025, 6, 1))
    assert failure.value.code == "no_products"
    assert "no products that can be recommended" in failure.value.message
    # `train` goes on with the other models and says why this one is not there.
    assert failure.value.code in PASSED_OVER
