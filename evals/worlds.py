"""Homes with a shop of known truth (`tools.shop.world`), made when a case first asks for one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tools.shop.profile import Sender
from tools.shop.world import World

if TYPE_CHECKING:
    import pandas as pd

    from agent.deps import Deps
    from tools.catalog.embedding import Embedder

SENDER = Sender(
    brand="Known Truth Market",
    legal_name="Known Truth Market LLC",
    postal_address="100 Example Street, Anytown, OH 00000, USA",
    website="https://knowntruth.example",
    unsubscribe_url="https://knowntruth.example/unsubscribe",
    sms_signature="Known Truth",
    support_email="care@knowntruth.example",
    list_unsubscribe_one_click=True,
    from_domain_aligned=True,
    unsubscribe_live_days=60,
    sms_consent_written=True,
    sms_stop_handled=True,
)


@cache
def world(seed: int, size: int) -> World:
    return World(seed=seed, size=size)


def opted_out(of: World) -> pd.DataFrame:
    """A suppression list with the first customer on it: the law asks for a list."""
    import pandas as pd

    first = {"customer_id": of.customers["customer_id"].iloc[0], "reason": "unsubscribed", "at": "2025-01-01"}
    return pd.DataFrame([first])


@cache
def home(seed: int, size: int) -> Path:
    """A home into which the world's tables were imported as any shop's would be."""
    from tools.shop.importing import import_shop

    base = Path(tempfile.mkdtemp(prefix="briefsmith-world-"))
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    sources = {}
    made = world(seed, size)
    for name, table in (made.tables() | {"suppressions": opted_out(made)}).items():
        sources[name] = base / f"{name}.parquet"
        table.to_parquet(sources[name], index=False)
    import_shop(sources, home=base / "home", name="Known truth", currency="USD", market="US", sender=SENDER)
    return base / "home"


@cache
def deps(seed: int, size: int) -> Deps:
    """On the world's home. The weights are loaded once for all worlds."""
    from agent.deps import Deps
    from agent.settings import Settings

    made = Deps(settings=Settings(home=home(seed, size)))
    made.embedder = _embedder()

    # Native libraries are to let go before the interpreter does.
    atexit.register(deps.cache_clear)
    return made


@cache
def _embedder() -> Embedder:
    from tools.catalog.embedding import Embedder

    return Embedder.load()
