import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.shop.csvfile import read_csv

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t"), max_size=8)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12)


@given(rows=ROWS, delimiter=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_wrote_is_read_back_row_for_row(rows: list[list[str]], delimiter: str, end: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end)
    writer.writerows([["a", "b", "c"], *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes(buffer.getvalue().encode())
        table = read_csv(path)
    kept = [(number, row) for number, row in enumerate(rows, 2) if any(row)]
    assert table.ragged == ()
    assert table.rows["source_row"].to_pylist() == [number for number, _ in kept]
    found = zip(*(table.rows[name].to_pylist() for name in "abc"), strict=True)
    assert [tuple(cell or "" for cell in row) for row in found] == [tuple(row) for _, row in kept]
    assert table.blank == len(rows) - len(kept)


def test_a_cell_over_several_lines_is_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text('a,b,c\n1,"soft, warm\nand ""light""\n",x\n2,plain,y\n', encoding="utf-8")
    table = read_csv(path)
    assert table.rows["b"].to_pylist() == ['soft, warm\nand "light"\n', "plain"]
    assert table.rows["source_row"].to_pylist() == [2, 3]


PLAIN = "id,name,price\n1,bread,2\n2,milk,3\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf" + PLAIN.encode(), id="BOM"),
        pytest.param(PLAIN.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(PLAIN.replace("\n", "\r").encode(), id="CR"),
        pytest.param(PLAIN.replace(",", ";").encode(), id="semicolons"),
        pytest.param(PLAIN.replace(",", "\t").encode(), id="tabs"),
        pytest.param(PLAIN.rstrip("\n").encode(), id="no newline at the end"),
        pytest.param(b'"id","name","price"\n"1","bread","2"\n"2","milk","3"\n', id="quotes"),
    ],
)
def test_what_programs_do_to_csv_files_makes_no_difference(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes(content)
    assert read_csv(path).rows.to_pydict() == {
        "id": ["1", "2"],
        "name": ["bread", "milk"],
        "price": ["2", "3"],
        "source_row": [2, 3],
    }


def test_a_header_without_rows_is_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "suppressions.csv"
    path.write_text("email,reason")
    assert read_csv(path).rows.num_rows == 0


def test_a_column_without_a_name_gets_one(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("id,\n1,x\n")
    assert read_csv(path).rows.column_names == ["id", "column_2", "source_row"]
