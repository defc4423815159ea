"""Results files: read in the forms that senders write, refused with the rows named."""

from pathlib import Path

import pytest

from tools.failure import ToolFailure
from tools.shop.results import Results, read_results

HEAD = "customer_id,arm,sent,opened,ordered_at,order_id,amount,discount,margin,survey\n"


def read(folder: Path, text: str, head: str = HEAD, **mapping: str) -> Results:
    path = folder / "results.csv"
    path.write_text(head + text, encoding="utf-8")
    return read_results(path, "USD", mapping)


def test_reads_steps_as_words_or_times(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "c1,campaign,2025-09-01T10:00:00Z,yes,2025-09-03T08:00:00Z,o1,12.50,1.50,-2.25,4\nc2,holdout,,no,,,,,,\n",
    )
    first = found.lines.iloc[0]
    assert str(first["sent_at"]) == "2025-09-01 10:00:00"
    assert found.lines["sent"].isna().all()
    assert found.lines["opened"].tolist() == [True, False]
    assert (first["amount_minor"], first["discount_minor"], first["margin_minor"]) == (1250, 150, -225)
    assert first["survey"] == 4
    assert found.lines["source_row"].tolist() == [2, 3]


def test_takes_other_names_and_leaves_what_it_does_not_know(tmp_path: Path) -> None:
    head = "Household,Amount,ordered_at,loyalty_tier\n"
    found = read(tmp_path, "c1,3,2025-09-03,gold\n", head, customer_id="Household")
    assert found.lines["customer_id"].tolist() == ["c1"]
    assert found.ignored == ("loyalty_tier",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (",campaign,1,1,,,,,,\n", "row 2: `customer_id` is missing"),
        ("c1,campaign,maybe,1,,,,,,\nc2,campaign,yes,1,,,,,,\n", "row 2: `sent` is not yes or no"),
        ("c1,campaign,1,1,2025-09-03,o1,-5,,,\n", "`amount` is below 0"),
        ("c1,campaign,1,1,2025-09-03,o1,$5,,,\n", "currency symbol"),
        ("c1,campaign,1,1,,o1,5,,,\n", "without `ordered_at`: row 2: 'c1'"),
        ("c1,campaign,1,1,2025-09-03,o1,,,,\n", "without `amount`"),
        ("c1,a,1,1,2025-09-03,o1,5,,,\nc2,a,1,1,2025-09-03,o1,5,,,\n", "shared by different customers"),
        ("c1,campaign,1,1,2025-09-03,o1\n", "has 6 cells"),
    ],
)
def test_refuses_and_names_the_rows(tmp_path: Path, text: str, words: str) -> None:
    good = "".join(f"g{i},campaign,1,1,,,,,,\n" for i in range(9))
    with pytest.raises(ToolFailure) as caught:
        read(tmp_path, text + good)
    assert words in caught.value.message
    assert "othing was" in caught.value.message


def test_names_a_few_rows_and_counts_the_rest(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure) as caught:
        read(tmp_path, "".join(f"c{i},campaign,1,1,,o{i},5,,,\n" for i in range(400)))
    assert "and 395 more" in caught.value.message
    assert caught.value.detail["count"] == 400
    rows = caught.value.detail["rows"]
    assert isinstance(rows, list)
    assert len(rows) == 200


def test_other_currencies_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure, match="other currencies"):
        read(tmp_path, "c1,5,2025-09-03,EUR\n", "customer_id,amount,ordered_at,currency\n")
