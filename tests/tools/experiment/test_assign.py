"""The split: exact shares, the same on any machine, independent between salts."""

import pandas as pd
import pytest

from tools.experiment.assign import assign_arms, hash_unit
from tools.failure import ToolFailure


def members(n: int) -> pd.DataFrame:
    ids = [f"c{i}" for i in range(n)]
    return pd.DataFrame({"customer_id": ids, "segment_id": ["a" if i % 3 else "b" for i in range(n)]})


def test_each_segment_gives_its_exact_share() -> None:
    frame = members(3000)
    arms = assign_arms(frame, holdout_fraction=0.1, salt="s")
    held = (arms == "holdout").groupby(frame["segment_id"]).sum()
    assert held.to_dict() == {"a": 200, "b": 100}


def test_order_of_rows_does_not_matter() -> None:
    frame = members(500)
    straight = assign_arms(frame, holdout_fraction=0.2, salt="s")
    shuffled = assign_arms(frame.sample(frac=1, random_state=1), holdout_fraction=0.2, salt="s")
    assert straight.sort_index().equals(shuffled.sort_index())


def test_another_salt_is_an_independent_draw() -> None:
    frame = members(3000)
    one = assign_arms(frame, holdout_fraction=0.5, salt="one") == "holdout"
    two = assign_arms(frame, holdout_fraction=0.5, salt="two") == "holdout"
    assert 0.45 < (one == two).mean() < 0.55


def test_hash_is_pinned() -> None:
    """A changed hash would reshuffle every campaign that is running."""
    assert hash_unit("salt", "42") == pytest.approx(0.30717663099005554, abs=1e-12)


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan")])
def test_refuses_a_holdout_of_everybody(fraction: float) -> None:
    with pytest.raises(ToolFailure, match="leaves nobody"):
        assign_arms(members(10), holdout_fraction=fraction, salt="s")
