"""Who answers a contact: learned where the past tells, oversampling spoils the chances, bad data is refused."""

import numpy as np
import pandas as pd
import pytest

from tools.failure import ToolFailure
from tools.response.contacts import train_contacts

FIRST = pd.Timestamp("2024-01-01")
END = 19_723 + 400
"""2024-01-01 is day 19,723."""


def shop(size: int = 250, campaigns: int = 10, rate: float = 0.12) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders and contacts: who buys often answers more often."""
    rng = np.random.default_rng(3)
    habit = rng.gamma(0.8, 1.0, size)
    who = np.repeat(np.arange(size), rng.poisson(habit * 12 + 1))
    orders = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(len(who))],
            "customer_id": [f"c{i:04d}" for i in who],
            "ordered_at": FIRST + pd.to_timedelta(rng.uniform(0, 400, len(who)), unit="D"),
            "amount_minor": rng.integers(200, 4_000, len(who)),
            "discount_minor": 0,
        }
    )
    made = []
    for k in range(campaigns):
        sent = FIRST + pd.Timedelta(days=60 + 28 * k)
        answers = rng.random(size) < np.clip(rate * habit, 0, 0.95)
        at = sent + pd.to_timedelta(rng.uniform(1, 20, size), unit="D")
        made.append(
            pd.DataFrame(
                {
                    "campaign_id": f"k{k:02d}",
                    "customer_id": [f"c{i:04d}" for i in range(size)],
                    "channel": "email",
                    "sent_at": sent,
                    "redeemed_at": pd.Series(at).where(pd.Series(answers)),
                }
            )
        )
    return orders, pd.concat(made, ignore_index=True)


def train(orders: pd.DataFrame, contacts: pd.DataFrame) -> object:
    return train_contacts(orders, contacts, "redeemed", END, seed=0, progress=lambda *_: None)


def test_learns_and_oversampling_spoils_the_chances() -> None:
    orders, contacts = shop()
    trained = train_contacts(orders, contacts, "redeemed", END, seed=0, progress=lambda *_: None)
    same, *ways = trained.compared
    chosen = next(one for one in ways if one.chosen)
    assert chosen.loss < same.loss
    spoilt = next(one for one in ways if "repeated" in one.name)
    assert spoilt.calibration is not None
    assert chosen.calibration is not None
    assert spoilt.calibration > 0.2 > 3 * chosen.calibration
    assert spoilt.roc_auc is not None
    assert spoilt.roc_auc > 0.65
    error = trained.figures[2].value
    assert error.estimate is not None
    assert error.estimate < 0.06
    assert [p.last < q.first for p, q in zip(trained.periods, trained.periods[1:], strict=False)] == [True, True]


def test_campaigns_that_are_too_young_do_not_count() -> None:
    orders, contacts = shop(campaigns=4)
    with pytest.raises(ToolFailure, match="4 past campaigns are 45 days old") as caught:
        train(orders, contacts)
    assert caught.value.code == "too_little_history"


def test_nobody_or_a_handful_who_answered_is_refused() -> None:
    orders, contacts = shop(rate=0.001)
    with pytest.raises(ToolFailure) as caught:
        train(orders, contacts)
    assert caught.value.code == "one_class"
