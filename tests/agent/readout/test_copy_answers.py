"""What a measured campaign teaches the writer: its variants, each with its customers and who of them bought."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from agent.copy_answers import answered, response_score
from agent.readout.options import ReadoutOptions
from agent.readout.run import read_out_campaign
from tests.agent.readout.conftest import Sent
from tools.copywriter.learned import Unlearned
from tools.shop.store import ShopStore


def test_every_variant_that_was_sent_is_counted_once(sent: Sent, results_of: Callable[..., Path]) -> None:
    home = sent.deps.settings.home
    unmeasured = response_score(home, ShopStore.open(home))
    assert isinstance(unmeasured, Unlearned)
    assert "measured" in unmeasured.why
    read_out_campaign(sent.name, ReadoutOptions(results=results_of(sent.audience)), sent.deps)
    store = ShopStore.open(home)
    found = answered(home, store)
    got = sent.audience[sent.audience["copy_id"].notna()]
    contacts = store.frame("contacts")
    bought = contacts[(contacts["campaign_id"] == sent.name) & contacts["converted_at"].notna()]["customer_id"]
    assert sum(one.customers for one in found) == len(got)
    assert sum(one.converted for one in found) == got["customer_id"].isin(bought).sum() > 0
    assert len({(one.cell, tuple(one.parts.values())) for one in found}) == len(found)
    assert pd.Series([one.cell for one in found]).value_counts().max() == 3
    few = response_score(home, store)
    assert isinstance(few, Unlearned)
    assert "wants 20" in few.why
