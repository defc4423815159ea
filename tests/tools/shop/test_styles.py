"""One column, one style: how a comma or a slash is read, and when that is refused."""

from datetime import datetime

import pytest

from tools.shop.contract import Column
from tools.shop.duck import connection, sql_text
from tools.shop.parsing import parse


def read_column(column: Column, cells: list[str]) -> tuple[list[object], list[str], str]:
    """Values, reasons and notes for a text column with these cells."""
    with connection() as con:
        con.execute(f"CREATE TABLE raw (n INTEGER, {column.name} VARCHAR)")
        con.executemany("INSERT INTO raw VALUES (?, ?)", [[n, cell] for n, cell in enumerate(cells)])
        parsed = parse(con, "raw", column, "VARCHAR", "USD")
        reasons = ", ".join(
            f"CASE WHEN {condition} THEN {sql_text(reason)} END" for condition, reason in parsed.problems
        )
        rows = con.execute(f"SELECT {parsed.value}, concat_ws('; ', {reasons}) FROM raw ORDER BY n").fetchall()
    return [value for value, _ in rows], [reason for _, reason in rows], " ".join(parsed.notes)


DOUBTFUL = "may part thousands or decimals"


@pytest.mark.parametrize(
    ("prices", "minor", "note", "reason"),
    [
        pytest.param(
            ["1.5", "1234.567", "2e1", ".5", "7.", "+3"], [150, 123457, 2000, 50, 700, 300], "", "", id="plain"
        ),
        pytest.param(["2.345", "2.355", "1.005"], [234, 236, 100], "", "", id="half to even, in decimals"),
        pytest.param(["1,234.50", "1,234"], [123450, 123400], "commas between thousands", "", id="thousands"),
        pytest.param(["1,234,567"], [None], "", DOUBTFUL, id="millions alone are refused, too"),
        pytest.param(["1.234,50", "12,5", "1.234"], [123450, 1250, 123400], "decimal commas", "", id="decimal commas"),
        pytest.param(["1.234.567,8", "5"], [123456780, 500], "decimal commas", "", id="millions"),
        pytest.param(["12,5", "12.5", "3.25"], [None, 1250, 325], "", "mixes decimal commas", id="mixed"),
        pytest.param(["1,234", "7"], [None, 700], "", DOUBTFUL, id="doubtful"),
        pytest.param(["$5", "1,50 EUR"], [None, None], "", "symbol", id="symbols"),
    ],
)
def test_numbers(prices: list[str], minor: list[int | None], note: str, reason: str) -> None:
    values, reasons, notes = read_column(Column("price", "money"), prices)
    assert values == minor
    assert [bool(words) for words in reasons] == [value is None for value in minor]
    assert reason in max(reasons)
    assert note in notes
    assert bool(note) == bool(notes)


@pytest.mark.parametrize(
    ("times", "stored", "note"),
    [
        pytest.param(["2024-02-03", "2024/2/3 04:05"], ["2024-02-03", "2024-02-03T04:05"], "taken as UTC", id="ISO"),
        pytest.param(["2024-02-03T04:05:06.789Z"], ["2024-02-03T04:05:06.789"], "", id="Z"),
        pytest.param(
            ["2024-02-03 04:05:06 -05:00", "2024-02-03T04:05+0530", "2024-02-03 04:05 UTC"],
            ["2024-02-03T09:05:06", "2024-02-02T22:35", "2024-02-03T04:05"],
            "",
            id="offsets",
        ),
        pytest.param(
            ["02/03/2024", "12/31/2023 5:06 PM"], ["2024-02-03", "2023-12-31T17:06"], "month first", id="month first"
        ),
        pytest.param(
            ["02/03/2024", "31/12/2023 17:06"], ["2024-03-02", "2023-12-31T17:06"], "day first", id="day first"
        ),
        pytest.param(["31.12.2023", "1.2.2024 08:00"], ["2023-12-31", "2024-02-01T08:00"], "taken as UTC", id="dots"),
        pytest.param(["13/12/2023", "12/13/2023"], [None, None], "", id="both orders in a column"),
        pytest.param(["02/03/2024", "2024-02-03 24:61"], [None, None], "", id="doubtful, and no such minute"),
    ],
)
def test_times(times: list[str], stored: list[str | None], note: str) -> None:
    values, reasons, notes = read_column(Column("created_at", "time"), times)
    assert values == [None if time is None else datetime.fromisoformat(time) for time in stored]
    assert [bool(words) for words in reasons] == [value is None for value in stored]
    assert note in notes


def test_yes_and_no_have_many_names() -> None:
    values, reasons, _ = read_column(Column("consent_sms", "bool"), ["TRUE", "y", "1", "No", "0", "maybe"])
    assert values == [True, True, True, False, False, None]
    assert reasons[-1] == "`consent_sms` is not yes or no"
