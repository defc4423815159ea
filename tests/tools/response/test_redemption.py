"""Redemption features solved by hand, and the rule that nothing of the campaign's own days is read."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tools.response.redemption import Coupons, History, features, known_at

CAMPAIGN = Coupons(campaign=9, start=100.0, coupon=np.array([1, 1, 2]), product=np.array([0, 1, 1]))
LINES = pd.DataFrame(
    [(0, 0, 1, 95.0, 10.0, 2.0), (0, 2, 1, 95.0, 30.0, 0.0), (0, 1, 2, 40.0, 5.0, 0.0), (1, 2, 3, 99.9, 7.0, 0.0)],
    columns=["customer", "product", "order", "day", "amount", "coupon_amount"],
)
HISTORY = History(
    customers=3,
    products=3,
    lines=LINES,
    redemptions=pd.DataFrame({"customer": [0, 0], "campaign": [4, 4], "day": [20.0, 21.0]}),
    contacts=pd.DataFrame({"customer": [0, 0, 1], "campaign": [4, 5, 4], "start": [10, 60, 10], "end": [40, 120, 40]}),
)
EVERYONE = np.arange(3)


def test_solved_by_hand() -> None:
    found = features(HISTORY, CAMPAIGN, EVERYONE)
    assert found["spend_30"].tolist() == [40, 7, 0]
    assert found["trips_90"].tolist() == [2, 1, 0]
    assert found["spend_all"].tolist() == pytest.approx([45 * 0.9, 7 * 0.9, 0])
    assert found["overlap_spend_90"].tolist() == [15, 0, 0]
    assert found["overlap_coupon_lines_30"].tolist() == [1, 0, 0]
    # Coupon 1 is for two products, coupon 2 for one: product 0 weighs 1/√2, product 1 weighs 1/√2 + 1.
    assert found["overlap_weight_90"].tolist() == pytest.approx([2 / np.sqrt(2) + 1, 0, 0])
    assert found["redeemed_campaigns"].tolist() == [1, 0, 0]
    assert found["unanswered"].tolist() == [1, 1, 0]
    assert found["running"].tolist() == [1, 0, 0]
    assert known_at(HISTORY, 100.0) == 99.9


def test_what_comes_on_its_first_day_or_later_changes_nothing() -> None:
    later = LINES.assign(day=LINES["day"] + 5, order=LINES["order"] + 10, amount=1_000.0)
    grown = replace(
        HISTORY,
        lines=pd.concat([LINES, later[later["day"] >= 100]], ignore_index=True),
        redemptions=pd.concat(
            [HISTORY.redemptions, pd.DataFrame({"customer": [1], "campaign": [9], "day": [100.0]})], ignore_index=True
        ),
        contacts=pd.concat(
            [HISTORY.contacts, pd.DataFrame({"customer": [1], "campaign": [9], "start": [100], "end": [130]})],
            ignore_index=True,
        ),
    )
    assert len(grown.lines) > len(LINES)
    pd.testing.assert_frame_equal(features(grown, CAMPAIGN, EVERYONE), features(HISTORY, CAMPAIGN, EVERYONE))
    assert known_at(grown, 100.0) == 99.9


def test_training_and_serving_agree_and_nothing_is_missing_without_a_past() -> None:
    first = features(HISTORY, replace(CAMPAIGN, start=0.0), EVERYONE)
    assert np.isfinite(first.to_numpy()).all()
    assert first.columns.tolist() == features(HISTORY, CAMPAIGN, EVERYONE).columns.tolist()
