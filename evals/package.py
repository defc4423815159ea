"""Is a campaign's package whole, and does it hold what the contract says? By code that did not make it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from agent.campaign import Campaign

FILES = ("campaign.json", "report.html", "audience.parquet", "audience.csv", "messages.csv", "trace.jsonl")
NEVER_IN_REPORT = ("<script", 'src="http')


def flaws(folder: Path, campaign: Campaign) -> list[str]:
    """What is wrong with the package of a draft, in plain words."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        return [f"{', '.join(missing)} missing"]
    stored = Campaign.model_validate_json((folder / "campaign.json").read_text(encoding="utf-8"))
    page = (folder / "report.html").read_text(encoding="utf-8").lower()
    found = [] if stored == campaign else ["campaign.json is another campaign"]
    found += [f"the report holds {bad!r}" for bad in NEVER_IN_REPORT if bad in page]
    return [*found, *parts_missing(campaign), *_rows(folder, campaign)]


def parts_missing(campaign: Campaign) -> list[str]:
    """Parts of the contract that a draft has to have, and promises that can be seen in the object alone."""
    parts = ("audience", "products", "offers", "forecast", "allocation", "copies", "checks", "experiment", "trace")
    found = [f"no {name}" for name in parts if not getattr(campaign, name)]
    if not found and campaign.allocation is not None:
        cells = {(cell.segment_id, cell.channel, cell.offer_id) for cell in campaign.allocation.cells}
        written = {(item.segment_id, item.channel, item.offer_id) for item in campaign.copies}
        found += [f"no copy for {' '.join(cell)}" for cell in sorted(cells - written)]
    if campaign.forecast and any(cell.basis != "randomised" and "uplift" in str(cell) for cell in campaign.forecast):
        found.append("a forecast that no experiment stands behind says uplift")
    return found


def _rows(folder: Path, campaign: Campaign) -> list[str]:
    import pyarrow.parquet as pq

    rows = pq.read_table(folder / "audience.parquet").to_pylist()
    contacted = Counter((row["segment_id"], row["channel"], row["offer_id"]) for row in rows if row["channel"])
    cells = campaign.allocation.cells if campaign.allocation else ()
    planned = {(cell.segment_id, cell.channel, cell.offer_id): cell.customers for cell in cells}
    found = [] if dict(contacted) == planned else ["audience.parquet is not the allocation"]
    if len({row["customer_id"] for row in rows}) != len(rows):
        found.append("a customer has more than one row")
    if any(row["channel"] for row in rows if row["arm"] == "holdout"):
        found.append("somebody of the holdout is contacted")
    return found
