"""A finished test as strangers write it: the same customers under other names, signs and files are the same test."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from agent.deps import Deps
from agent.readout.options import ReadoutOptions
from agent.readout.run import read_out_campaign
from agent.settings import Settings
from tests.agent.readout.test_one_file import mailing
from tools.failure import ToolFailure
from tools.shop.arms import arms_left_alone
from tools.shop.importing import import_shop
from tools.shop.profile import Sender
from tools.shop.report import ImportReport
from tools.shop.sources import find_sources
from tools.shop.store import ShopStore

SIZE = 400
STATED = {"contacts.sent_at": "2008-03-20", "contacts.randomised": "yes", "contacts.channel": "email"}
Write = Callable[[pd.DataFrame, Path], Path]


def frame() -> pd.DataFrame:
    return mailing().head(SIZE)


def guessed(
    source: Path,
    home: Path,
    *,
    control: str | None = None,
    guess: bool = True,
    mapping: dict[str, str] | None = None,
) -> ImportReport:
    return import_shop(
        find_sources(source),
        home=home,
        name="Mail test",
        currency="USD",
        market="US",
        sender=Sender(brand="Mail test"),
        constants=STATED if guess else {},
        mapping=mapping,
        control=control,
        guess=guess,
        source=source,
    )


def written(file: str, change: Callable[[pd.DataFrame], pd.DataFrame], **how: str) -> Write:
    def write(rows: pd.DataFrame, folder: Path) -> Path:
        made = change(rows)
        if file.endswith(".parquet"):
            made.to_parquet(folder / file)
        else:
            made.to_csv(folder / file, index=False, **how)  # type: ignore[call-overload]
        return folder / file

    return write


def flagged(rows: pd.DataFrame) -> pd.DataFrame:
    treated = rows["segment"] != "No E-Mail"
    named = rows.rename(columns={"segment": "treatment", "visit": "visited_site", "conversion": "purchased"})
    truth = {"visited_site": rows["visit"] == 1, "purchased": rows["conversion"] == 1}
    return named.assign(treatment=treated.astype(int), **truth)


def named_arms(rows: pd.DataFrame) -> pd.DataFrame:
    treated = (rows["segment"] != "No E-Mail").map({True: "treatment", False: "control"})
    made = rows.rename(columns={"segment": "group", "spend": "revenue_usd"}).assign(group=treated)
    made.insert(0, "user_id", [f"u{n:04}" for n in range(len(rows))])
    return made


def timed(rows: pd.DataFrame) -> pd.DataFrame:
    at = pd.Series("2008-03-21 10:30", index=rows.index)
    return rows.assign(
        sent="2008-03-20", visit=at.where(rows["visit"] == 1), conversion=at.where(rows["conversion"] == 1)
    )


def two_files(rows: pd.DataFrame, folder: Path) -> Path:
    made = rows.reset_index(names="customer_id")
    made[["customer_id", "history", "womens"]].to_csv(folder / "customers.csv", index=False)
    made[["customer_id", "segment", "visit", "conversion", "spend"]].to_csv(folder / "contacts.csv", index=False)
    return folder


@pytest.mark.parametrize(
    "write",
    [
        written("as_is.csv", lambda rows: rows),
        written("capitals.csv", lambda rows: rows.rename(columns=str.upper)),
        written("marked.csv", lambda rows: rows, encoding="utf-8-sig"),
        written("commas.csv", lambda rows: rows, sep=";", decimal=","),
        written("columns.parquet", lambda rows: rows),
        written("empty_spend.csv", lambda rows: rows.assign(spend=rows["spend"].where(rows["spend"] > 0))),
        written("flags.csv", flagged),
        written("named.csv", named_arms),
        written("timed.csv", timed),
        two_files,
    ],
    ids=[
        "as is",
        "capitals",
        "bom",
        "decimal commas",
        "parquet",
        "empty spend",
        "flags",
        "words",
        "times",
        "two files",
    ],
)
def test_the_same_test_in_another_hand(write: Write, tmp_path: Path) -> None:
    rows, folder = frame(), tmp_path / "test"
    folder.mkdir()
    report = guessed(write(rows, folder), tmp_path / "home")
    assert report.quarantined == {}
    assert any(note.startswith("taken by guess: ") for note in report.notes)
    store = ShopStore.open(tmp_path / "home")
    contacts = store.frame("contacts")
    alone = contacts["channel"] == "none"
    assert alone.sum() == (rows["segment"] == "No E-Mail").sum()
    for column, happened in (("visited_at", "visit"), ("converted_at", "conversion")):
        assert contacts.loc[alone, column].notna().sum() == rows.loc[rows["segment"] == "No E-Mail", happened].sum()
        assert contacts[column].notna().sum() == rows[happened].sum()
    assert contacts["revenue_minor"].sum() == round(100 * rows["spend"].sum())
    assert pd.api.types.is_float_dtype(store.frame("customers")[_history(store)])


def _history(store: ShopStore) -> str:
    return next(name for name in store.attributes() if name.casefold() == "history")


def test_plain_import_says_what_the_file_looks_like_and_how_to_take_it(tmp_path: Path) -> None:
    path = written("mail test.csv", lambda rows: rows)(frame(), tmp_path)
    with pytest.raises(ToolFailure, match="looks like a finished test") as caught:
        guessed(path, tmp_path / "home", guess=False)
    assert "--guess --set contacts.sent_at=YYYY-MM-DD --set contacts.randomised=yes" in caught.value.message
    assert "--map contacts.converted=conversion" in caught.value.message
    assert "--control 'No E-Mail'" in caught.value.message
    named = written("people.csv", named_arms)(frame().assign(customer_id=range(SIZE)), tmp_path)
    assert any("looks like a finished test" in note for note in guessed(named, tmp_path / "home", guess=False).notes)


def test_a_file_without_arms_is_no_test(tmp_path: Path) -> None:
    path = written("people.csv", lambda rows: rows.drop(columns="segment"))(frame(), tmp_path)
    with pytest.raises(ToolFailure, match="does not look like a finished test"):
        guessed(path, tmp_path / "home")
    with pytest.raises(ToolFailure) as caught:
        guessed(path, tmp_path / "home", guess=False)
    assert "finished test" not in caught.value.message


def test_arms_a_and_b_need_a_word(tmp_path: Path) -> None:
    def lettered(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(segment=(rows["segment"] == "No E-Mail").map({True: "A", False: "B"}))

    path = written("ab.csv", lettered)(frame(), tmp_path)
    deps = Deps(settings=Settings(home=tmp_path / "home"), now=lambda: datetime(2008, 5, 1, tzinfo=UTC))
    guessed(path, tmp_path / "home")
    part = read_out_campaign("ab", ReadoutOptions(out=tmp_path / "out"), deps).part
    assert part.basis == "observational"
    assert "none of `A`, `B` says so by its name; where one was, name it with --control" in part.standing
    with pytest.raises(ToolFailure, match="has no such arm; it has A, B"):
        guessed(path, tmp_path / "home", control="C")
    guessed(path, tmp_path / "home", control="A")
    again = Deps(settings=deps.settings, now=deps.now)
    part = read_out_campaign("ab", ReadoutOptions(out=tmp_path / "out", covariate="HISTORY"), again).part
    assert (part.basis, part.control) == ("randomised", "A")


def test_what_was_lost_or_left_empty_is_said(tmp_path: Path) -> None:
    def gaps(rows: pd.DataFrame) -> pd.DataFrame:
        visit = rows["visit"].astype(object)
        visit.iloc[3] = "perhaps"
        return rows.assign(visit=visit, conversion=rows["conversion"].where(rows.index > 20))

    path = written("gaps.csv", gaps)(frame(), tmp_path)
    report = guessed(path, tmp_path / "home", mapping={"contacts.visited": "visit"})
    assert any("`converted` is empty in 20 of 399 rows, which count as no" in note for note in report.notes)
    assert any("1 rows of arms that were drawn by lot are set aside" in note for note in report.notes)


@pytest.mark.parametrize(
    ("arms", "found"),
    [
        (["0", "1"], ["0"]),
        (["False", "True"], ["False"]),
        (["0", "1", "2"], []),
        (["No E-Mail", "1"], ["No E-Mail"]),
        (["A", "B"], []),
    ],
)
def test_which_arm_was_left_alone(arms: list[str], found: list[str]) -> None:
    assert arms_left_alone(arms) == found
