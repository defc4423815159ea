"""Is a package whole and does it hold its promises? By code that did not make it: `python -m tests.check_package DIR`.

Exit status 1 with what is wrong, else 0.
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import jsonschema
import pyarrow.parquet as pq

from agent.campaign import Campaign

FILES = ("campaign.json", "report.html", "audience.parquet", "audience.csv", "messages.csv", "trace.jsonl")


def wrong_with(folder: Path) -> list[str]:
    """What is wrong with the package in `folder`, in plain words."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        return [f"missing: {', '.join(missing)}"]
    raw = json.loads((folder / "campaign.json").read_text(encoding="utf-8"))
    schema = json.loads(Path("docs/campaign.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(raw, schema)
    campaign = Campaign.model_validate(raw)
    return _money(campaign) + _rows(folder, campaign) + _report(folder)


def _money(campaign: Campaign) -> list[str]:
    allocation, budget = campaign.allocation, campaign.brief.fields.budget
    if campaign.status != "draft" or allocation is None or budget is None:
        return [f"status is {campaign.status}"]
    spent = sum(cell.cost_minor for cell in allocation.cells)
    return [] if spent <= budget.amount_minor else [f"spends {spent} of {budget.amount_minor}"]


def _rows(folder: Path, campaign: Campaign) -> list[str]:
    rows = pq.read_table(folder / "audience.parquet").to_pylist()
    with (folder / "audience.csv").open(encoding="utf-8", newline="") as file:
        in_csv = len(list(csv.DictReader(file)))
    with (folder / "messages.csv").open(encoding="utf-8", newline="") as file:
        messages = list(csv.DictReader(file))
    wrong = []
    if campaign.allocation is None or campaign.experiment is None:
        return ["no allocation or experiment"]
    contacted = Counter((r["segment_id"], r["channel"], r["offer_id"]) for r in rows if r["channel"])
    planned = {(c.segment_id, c.channel, c.offer_id): c.customers for c in campaign.allocation.cells}
    if dict(contacted) != planned:
        wrong.append(f"audience {dict(contacted)} is not the allocation {planned}")
    if len({row["customer_id"] for row in rows}) != len(rows) or in_csv != len(rows):
        wrong.append("a customer has more than one row, or the CSV has other rows than the Parquet file")
    if any(row["channel"] for row in rows if row["arm"] == "holdout"):
        wrong.append("somebody of the holdout is contacted")
    if {m["customer_id"] for m in messages} != {r["customer_id"] for r in rows if r["channel"]}:
        wrong.append("messages are not those of the contacted")
    return wrong


def _report(folder: Path) -> list[str]:
    page = (folder / "report.html").read_text(encoding="utf-8")
    return [f"the report holds {bad!r}" for bad in ("<script", "uplift", 'src="http') if bad in page.lower()]


if __name__ == "__main__":
    problems = [f"{folder}: {problem}" for folder in sys.argv[1:] for problem in wrong_with(Path(folder))]
    print("\n".join(problems) or f"{len(sys.argv) - 1} package(s) valid")
    sys.exit(1 if problems or len(sys.argv) < 2 else 0)
