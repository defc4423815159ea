"""Features by hand, and nothing of the day itself or later in them."""

import numpy as np
import pandas as pd

from tests.tools.response.behaviour.households import START, days_of
from tools.response.behaviour.features import NAMES, features, known_at
from tools.response.behaviour.purchases import Purchases, Rows
from tools.response.behaviour.sequence import WEEKS, sequences


def rows(customer: list[int], origin: int, window: int = 14) -> Rows:
    n = len(customer)
    return Rows(np.array(customer), np.full(n, origin), np.full(n, 3), np.full(n, window))


def test_by_hand() -> None:
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b"],
            "day": [START, START + 10, START + 16, START + 30],
            "orders": 1,
            "lines": [2, 4, 3, 1],
            "spend_minor": [100, 300, 200, 900],
            "discount_minor": [0, 60, 0, 0],
        }
    )
    found = features(Purchases.of(frame), rows([0, 1], START + 20))
    a, b = found.iloc[0], found.iloc[1]
    assert (a["recency"], a["tenure"], a["mean_gap"], a["last_gap"]) == (4, 20, 8, 6)
    assert a["gap_sd"] == 2
    assert a["overdue"] == 0.5
    assert (a["days_7"], a["days_14"], a["days_28"]) == (1, 2, 3)
    assert (a["spend_7"], a["spend_28"], a["basket"], a["items"]) == (200, 600, 200, 3)
    assert np.isclose(a["discounted"], 60 / 660)
    assert np.isclose(a["decay_7"], 0.5 ** (20 / 7) + 0.5 ** (10 / 7) + 0.5 ** (4 / 7))
    assert (a["lead"], a["window"]) == (3, 14)
    # b has bought nothing yet on that day: nothing is known, which is not the same as 0 days ago.
    assert b[["recency", "tenure", "mean_gap", "basket"]].isna().all()
    assert b["days_28"] == 0


def test_nothing_of_the_day_or_later_is_read() -> None:
    frame, _, _ = days_of()
    origin = START + 150
    later = frame.assign(
        spend_minor=frame["spend_minor"].where(frame["day"] < origin, 999_999),
        lines=frame["lines"].where(frame["day"] < origin, 999),
    )
    cut = frame[(frame["day"] < origin) | (frame.groupby("customer_id")["day"].transform("min") >= origin)]
    asked = rows(list(range(150)), origin)
    first = features(Purchases.of(frame), asked)
    for changed in (later, cut):
        pd.testing.assert_frame_equal(first, features(Purchases.of(changed), asked))
        one, two = sequences(Purchases.of(frame), asked), sequences(Purchases.of(changed), asked)
        assert (one.steps == two.steps).all()
        assert (one.asked == two.asked).all()
    assert (known_at(Purchases.of(frame), asked) < origin).all()
    assert tuple(first.columns) == NAMES


def test_the_newest_week_stands_last() -> None:
    frame = pd.DataFrame(
        {"customer_id": ["a", "a"], "day": [START, START + 8], "lines": 1, "spend_minor": 10, "discount_minor": 0}
    )
    steps = sequences(Purchases.of(frame), rows([0], START + 9)).steps[0]
    assert steps[WEEKS - 1, :7].tolist() == [1, 0, 0, 0, 0, 0, 0]
    assert steps[WEEKS - 2, :7].tolist() == [0, 1, 0, 0, 0, 0, 0]
    assert steps[: WEEKS - 2].sum() == 0


def test_who_buys_in_a_window() -> None:
    frame, _, _ = days_of(60)
    purchases = Purchases.of(frame)
    asked = rows(list(range(50)), START + 100, window=5)
    found = purchases.buys(asked.customer, asked.start, asked.end)
    for row in range(50):
        mine = frame[frame["customer_id"] == purchases.customers[row]]["day"]
        assert found[row] == mine.between(START + 103, START + 107).any()
