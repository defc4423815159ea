"""Results held against the campaign they are said to be of: its customers, its arms, its id. Any mismatch refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.experiment.observed import STEPS
from tools.failure import ToolFailure
from tools.shop.results import Results, refuse

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Matched:
    """Lines of the campaign's own customers (`outcomes.LINE_COLUMNS`), and who of them the file lists."""

    lines: pd.DataFrame
    seen: dict[str, int] | None
    """Listed customers by arm; null where the file lists orders alone, so that nothing follows from who is missing."""
    notes: tuple[str, ...]


def match(results: Results, assigned: pd.DataFrame, campaign_id: str, control: str | None) -> Matched:
    """The results as the campaign's.

    Args:
        assigned: customer_id, arm of everybody who was assigned, one row a customer.

    Raises:
        ToolFailure: `results_mismatch` with the rows whose campaign, customer or arm is another; `no_control_results`.
    """
    lines, where = results.lines, results.name
    arms = assigned.set_index("customer_id")["arm"]
    arm = lines["customer_id"].map(arms)
    others = lines[lines["campaign_id"].notna() & (lines["campaign_id"] != campaign_id)]
    if len(others):
        raise _mismatch(
            where, f"{len(others):,} rows are of another campaign than `{campaign_id}`", others, "campaign_id"
        )
    strangers = lines[arm.isna()]
    if len(strangers):
        words = f"{len(strangers):,} rows are of customers who are not in `{campaign_id}`"
        raise _mismatch(where, words, strangers, "customer_id")
    said = lines["arm"].fillna("").str.strip().str.casefold()
    moved = lines[(said != "") & (said != arm.str.casefold())]
    if len(moved):
        raise _mismatch(where, f"{len(moved):,} rows name another arm than the customer was assigned", moved, "arm")
    return _matched(results, assigned, arm, control)


def _matched(results: Results, assigned: pd.DataFrame, arm: pd.Series[str], control: str | None) -> Matched:
    lines = results.lines
    listed = assigned[assigned["customer_id"].isin(lines["customer_id"])]
    counts = {str(name): int((listed["arm"] == name).sum()) for name in sorted(assigned["arm"].unique())}
    if control is not None and counts.get(control, 0) == 0:
        message = (
            f"{results.name} lists no customer of the arm `{control}`: without what they bought nothing can be "
            "compared. Add them, each once, with empty order columns where they bought nothing. Nothing was changed."
        )
        raise ToolFailure("no_control_results", message, arm=control)
    lists_people = bool(lines["ordered_at"].isna().any())
    notes = [*results.notes]
    if results.ignored:
        notes.append(f"columns that are not known were left aside: {', '.join(results.ignored)}")
    missing = {name: int((assigned["arm"] == name).sum()) - n for name, n in counts.items()}
    if any(missing.values()):
        words = ", ".join(f"{n:,} of `{name}`" for name, n in missing.items() if n)
        notes.append(f"not in the file, and counted as customers without an order: {words}")
    repeated = int(lines.drop(columns="source_row").duplicated().sum())
    if repeated:
        notes.append(f"{repeated:,} rows repeat another row exactly and were counted once")
    made = _lines(lines)
    reached = made.loc[(arm == control) & made["sent"].fillna(False).astype(bool), "customer_id"].nunique()
    if reached:
        notes.append(f"{reached:,} customers of `{control}` were sent a message; they still count in their arm")
    return Matched(made, counts if lists_people else None, tuple(notes))


def _lines(lines: pd.DataFrame) -> pd.DataFrame:
    """Each line once; a step with a time has happened, one without is as the file says."""
    made = lines.drop_duplicates(subset=[name for name in lines.columns if name != "source_row"])
    steps = {}
    for step in STEPS:
        timed = made[f"{step}_at"].notna()
        known = bool(timed.any())
        said = made[step].astype("boolean")
        steps[step] = said.fillna(False) | timed if known else said
    return made.assign(**steps)


def _mismatch(where: str, what: str, rows: pd.DataFrame, column: str) -> ToolFailure:
    named = [(int(row), repr(value)) for row, value in zip(rows["source_row"], rows[column], strict=True)]
    return refuse(where, what, named, "results_mismatch")
