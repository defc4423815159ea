"""The made shops, stored once a session."""

from __future__ import annotations

import pytest

from tests.tools.segments.made_shop import at, made_store
from tests.tools.segments.naive import Naive
from tests.tools.segments.shops import AS_OF, grocer_tables, small_tables, suppressions
from tools.shop.store import ShopStore


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> ShopStore:
    return made_store(tmp_path_factory.mktemp("small"), small_tables())


@pytest.fixture(scope="session")
def naive() -> Naive:
    return Naive(small_tables(), AS_OF)


@pytest.fixture(scope="session")
def grocer(tmp_path_factory: pytest.TempPathFactory) -> ShopStore:
    contacts = [
        {"campaign_id": "k", "customer_id": f"c{i:03}", "channel": "email", "sent_at": at(f"2024-05-28T1{n}:00")}
        for i, times in ((9, 1), (11, 2))
        for n in range(times)
    ]
    tables = grocer_tables() | {"suppressions": suppressions(), "contacts": contacts}
    return made_store(tmp_path_factory.mktemp("grocer"), tables)
