"""Campaigns that nothing can be learned from say why, and what would mend it."""

import pandas as pd
import pytest

from agent.training.uplift import none_randomised


def contacts(arms: list[str], *, randomised: bool = True) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "campaign_id": "ab",
            "customer_id": range(len(arms)),
            "channel": "email",
            "arm": arms,
            "randomised": randomised,
        }
    )


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (contacts(["A", "B", "A"]), "none of its arms (A, B) is known to have been left alone"),
        (contacts(["mail", "mail"]), "`ab` was drawn by lot and has one arm"),
        (contacts(["A", "B"], randomised=False), "so nothing can be called uplift"),
    ],
    ids=["no control named", "one arm", "not drawn by lot"],
)
def test_why_no_uplift_is_learned(frame: pd.DataFrame, words: str) -> None:
    failure = none_randomised(frame)
    assert failure.code == "no_randomised"
    assert words in failure.message
    assert ("`ab`" in failure.message) == bool(frame["randomised"].all())
