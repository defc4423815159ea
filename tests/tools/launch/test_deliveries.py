"""Who gets what, and files that are whole, inert or not there."""

from pathlib import Path

import pandas as pd
import pytest

from tools.launch.deliveries import Share, deliveries
from tools.launch.files import inert, write_csv, write_folder
from tools.vocabulary import Channel

EMAIL: frozenset[Channel] = frozenset({"email"})
BOTH: frozenset[Channel] = frozenset({"email", "sms"})


def members(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:03}" for i in range(n)],
            "segment_id": "s1",
            "arm": ["holdout" if i % 10 == 0 else "campaign" for i in range(n)],
            "email_ok": True,
            "sms_ok": [i % 2 == 0 for i in range(n)],
        }
    )


def deliver(shares: list[Share], salt: str = "s") -> pd.DataFrame:
    return deliveries(members(100), shares, [], {"s1": ["p1", "p2"]}, channels=["email", "sms"], salt=salt)


def test_counts_are_the_allocations_and_the_holdout_gets_nothing() -> None:
    frame = deliver([Share("s1", EMAIL, "email", "none", 20), Share("s1", BOTH, "sms", "none", 15)])
    assert frame["channel"].value_counts().to_dict() == {"email": 20, "sms": 15}
    assert frame.loc[frame["arm"] == "holdout", "channel"].isna().all()
    assert frame["customer_id"].is_unique
    assert set(frame.loc[frame["channel"].notna(), "product_ids"]) == {"p1 p2"}


def test_two_shares_of_a_group_never_meet_in_one_customer() -> None:
    frame = deliver([Share("s1", BOTH, "sms", "none", 20), Share("s1", BOTH, "email", "none", 20)])
    assert frame["channel"].notna().sum() == 40


def test_who_is_chosen_is_random_and_can_be_repeated() -> None:
    one = deliver([Share("s1", EMAIL, "email", "none", 20)])
    assert one.equals(deliver([Share("s1", EMAIL, "email", "none", 20)]))
    assert not one.equals(deliver([Share("s1", EMAIL, "email", "none", 20)], salt="t"))


def test_more_than_there_are_is_our_bug() -> None:
    with pytest.raises(ValueError, match="asks for more"):
        deliver([Share("s1", EMAIL, "email", "none", 99)])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", '=HYPERLINK("http://evil.example")'])
def test_no_cell_is_a_formula(text: str, tmp_path: Path) -> None:
    assert str(inert(text)).startswith("'")
    write_csv(pd.DataFrame({"a": [text, "plain"]}), tmp_path / "x.csv")
    assert text not in pd.read_csv(tmp_path / "x.csv")["a"].tolist()


def test_a_folder_is_whole_or_not_there(tmp_path: Path) -> None:
    def broken(path: Path) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_folder(tmp_path / "out", {"a": Path.touch, "b": broken})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_keeps_what_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")

    def write(path: Path) -> None:
        path.write_text("new")

    write_folder(tmp_path / "out", {"campaign.json": write})
    assert {p.name: p.read_text() for p in (tmp_path / "out").iterdir()} == {
        "notes.txt": "mine",
        "campaign.json": "new",
    }
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    write_folder(tmp_path / "out", {"trace.jsonl": write}, owned=("campaign.json", "trace.jsonl"))
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["notes.txt", "trace.jsonl"]
