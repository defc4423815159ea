"""Measured campaigns in `contacts`: once, whole, and nothing else of the shop changes."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from tools.failure import ToolFailure
from tools.shop.appending import MEASURED, append_contacts
from tools.shop.importing import import_shop
from tools.shop.profile import Sender
from tools.shop.store import ShopStore


def rows(store: ShopStore, revenue: int = 1250) -> pd.DataFrame:
    ids = store.frame("customers")["customer_id"].head(3).tolist()
    sent = pd.Timestamp("2017-11-01")
    return pd.DataFrame(
        {
            "campaign_id": "c-1", "customer_id": ids, "channel": ["email", "email", "none"], "sent_at": sent,
            "arm": ["campaign", "campaign", "holdout"], "offer": None, "randomised": True,
            "propensity": [0.9, 0.9, 0.1],
            "opened_at": None, "clicked_at": None, "redeemed_at": None,
            "converted_at": [sent, None, None], "revenue_minor": [revenue, None, None],
        }
    )  # fmt: skip


def shas(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.parquet")}


def test_rows_are_appended_once_and_the_other_tables_stay(fresh_home: Path) -> None:
    before = ShopStore.open(fresh_home)
    old = before.info.rows["contacts"]
    first = append_contacts(fresh_home, "c-1", rows(before))
    store = ShopStore.open(fresh_home)
    assert first.changed
    assert store.info.rows["contacts"] == old + 3
    assert store.info.content_sha != before.info.content_sha
    assert store.info.catalog_sha == before.info.catalog_sha
    same = shas(before.folder).items() & shas(store.folder).items()
    assert {name for name, _ in same} == set(shas(before.folder)) - {"contacts.parquet"}
    kept = store.frame("contacts")
    assert kept[MEASURED].notna().sum() == 3
    assert kept.loc[kept["campaign_id"] == "c-1", "revenue_minor"].sum() == 1250

    again = append_contacts(fresh_home, "c-1", rows(store))
    assert not again.changed
    assert again.version == first.version


def test_a_later_reading_takes_the_place_of_the_earlier(fresh_home: Path) -> None:
    store = ShopStore.open(fresh_home)
    append_contacts(fresh_home, "c-1", rows(store))
    assert append_contacts(fresh_home, "c-1", rows(store, revenue=9900)).changed
    kept = ShopStore.open(fresh_home).frame("contacts")
    assert kept.loc[kept["campaign_id"] == "c-1", "revenue_minor"].dropna().tolist() == [9900]


def test_what_an_import_brought_is_never_touched(fresh_home: Path) -> None:
    store = ShopStore.open(fresh_home)
    campaign = str(store.frame("contacts")["campaign_id"].iloc[0])
    with pytest.raises(ToolFailure, match="that an import brought") as caught:
        append_contacts(fresh_home, campaign, rows(store).assign(campaign_id=campaign))
    assert caught.value.code == "campaign_imported"
    assert ShopStore.open(fresh_home).folder == store.folder


def test_a_shop_without_contacts_gets_them(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id,email\na,a@example.com\nb,b@example.com\nc,\nc,\n")
    import_shop(
        {"customers": tmp_path / "customers.csv"},
        home=tmp_path / "home", name="S", currency="USD", market="US", sender=Sender(brand="S"),
    )  # fmt: skip
    store = ShopStore.open(tmp_path / "home")
    append_contacts(tmp_path / "home", "c-1", rows(store))
    after = ShopStore.open(tmp_path / "home")
    assert after.info.rows == {"customers": 3, "contacts": 3}
    assert (after.folder / "quarantine" / "customers.csv").is_file()
    assert after.info.quarantined == store.info.quarantined == {"customers": 1}
