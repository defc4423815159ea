"""A targeting as a file: which arm each customer of a past campaign would have been given instead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tools.shop.checking import check
from tools.shop.contract import Column, Table
from tools.shop.duck import connection
from tools.shop.results import refuse
from tools.shop.sources import stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

POLICY = Table(
    name="policy",
    columns=(Column("customer_id", "id", required=True), Column("arm", "text", required=True)),
    key="customer_id",
    sort=("customer_id",),
    without="no targeting can be valued",
)


def read_policy(path: Path, customers: Sequence[str], arms: Sequence[str]) -> pd.Series[str]:
    """customer_id → arm, for every customer of the campaign.

    Raises:
        ToolFailure: `bad_policy` with the rows whose cells cannot be read, whose customer is not the campaign's or
            whose arm it did not have, and with customers that the file does not name; those of `stage`.
    """
    with connection() as con:
        staged = stage(con, POLICY, path, {})
        checked = check(con, staged, (), "USD")
        if checked.bad:
            rows = con.execute("SELECT source_row, problem FROM bad_policy ORDER BY source_row").fetchall()
            named = [(int(row), str(words)) for row, words in rows]
            raise refuse(str(path), f"{len(named):,} rows cannot be read", named, "bad_policy")
        lines: pd.DataFrame = con.execute("SELECT * FROM parsed_policy ORDER BY source_row").df()
    for column, known, what in (("customer_id", customers, "customers"), ("arm", arms, "arms")):
        strange = lines[~lines[column].isin(known)]
        if len(strange):
            named = [(int(r), repr(v)) for r, v in zip(strange["source_row"], strange[column], strict=True)]
            words = f"{len(named):,} rows name {what} that the campaign did not have"
            raise refuse(str(path), words, named, "bad_policy")
    chosen = lines.set_index("customer_id")["arm"]
    missing = [one for one in customers if one not in chosen.index]
    if missing:
        named = [(0, repr(one)) for one in missing]
        raise refuse(
            str(path), f"{len(missing):,} customers of the campaign are not in it (row 0)", named, "bad_policy"
        )
    found: pd.Series[str] = chosen.loc[list(customers)]
    return found
