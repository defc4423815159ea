"""Training from past contacts: who redeems, clicks or converts when contacted, by what was known before the contact.

The features are those of `redemption`, with the channel beside them. Campaigns are split by their first day: the older
ones fit, the next choose, the newest judge. Compared are the penalised regression, trees, and what a naive oversampling
of the few who answered does to the chances.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from tools.failure import ToolFailure
from tools.response.behaviour.purchases import EPOCH
from tools.response.behaviour.sequence import log_loss
from tools.response.behaviour.trees import fit_trees, tree_values
from tools.response.calibration import Calibration, fit_calibration
from tools.response.card import Candidate, Judged, Period, candidate, chance_figures, reliability
from tools.response.logistic import LEAST_POSITIVES, LogisticModel, fit_logistic, schema_sha
from tools.response.redemption import Coupons, History, features, known_at
from tools.vocabulary import ADDRESSED, Model

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

Outcome = Literal["redeemed", "clicked", "converted"]
OUTCOMES: tuple[Outcome, ...] = ("redeemed", "clicked", "converted")
ANSWER_DAYS = 45
"""Days after which a contact that was not answered counts as not answered; younger campaigns are left out."""
LEAST_CAMPAIGNS = 5
SHARES = (0.5, 0.7)
"""Share of the rows before which the validation and the test campaigns begin."""
Report = Callable[[str, int, int | None], None]


class ContactModel(Model):
    """`model.json`: a penalised regression, or trees whose text lies beside it; calibrated either way."""

    schema_sha: str
    calibration: Calibration
    logistic: LogisticModel | None


@dataclass(frozen=True, kw_only=True)
class Trained(Judged):
    model: ContactModel
    files: dict[str, bytes]
    algorithm: str


def history_of(orders: pd.DataFrame, contacts: pd.DataFrame, outcome: Outcome) -> History:
    """The shop's tables as the features read them: customers numbered, days from 1970-01-01, one product."""
    import pandas as pd

    ids = np.unique(np.concatenate([orders["customer_id"].to_numpy(str), contacts["customer_id"].to_numpy(str)]))
    campaigns = np.unique(contacts["campaign_id"].to_numpy(str))
    answered = contacts[contacts[f"{outcome}_at"].notna()]
    start = _day(contacts["sent_at"])
    return History(
        customers=len(ids),
        products=1,
        lines=pd.DataFrame(
            {
                "customer": np.searchsorted(ids, orders["customer_id"].to_numpy(str)),
                "product": 0,
                "order": orders["order_id"],
                "day": _day(orders["ordered_at"]),
                "amount": orders["amount_minor"] / 100,
                "coupon_amount": orders["discount_minor"].fillna(0) / 100,
            }
        ),
        redemptions=pd.DataFrame(
            {
                "customer": np.searchsorted(ids, answered["customer_id"].to_numpy(str)),
                "campaign": np.searchsorted(campaigns, answered["campaign_id"].to_numpy(str)),
                "day": _day(answered[f"{outcome}_at"]),
            }
        ),
        contacts=pd.DataFrame(
            {
                "customer": np.searchsorted(ids, contacts["customer_id"].to_numpy(str)),
                "campaign": np.searchsorted(campaigns, contacts["campaign_id"].to_numpy(str)),
                "start": start,
                "end": start + ANSWER_DAYS,
                "channel": contacts["channel"],
            }
        ),
    )


def _day(times: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    import pandas as pd

    return (times - pd.Timestamp(EPOCH)) / pd.Timedelta(days=1)


def rows_of(history: History, end: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features, and beside them customer, start, known, y; a row a contact of a campaign that is `ANSWER_DAYS` old."""
    import pandas as pd

    made, about = [], []
    nothing = np.zeros(0, dtype=np.int64)
    for campaign, rows in history.contacts.groupby("campaign"):
        start = float(np.floor(rows["start"].min()))
        if start + ANSWER_DAYS > end:
            continue
        first = rows.drop_duplicates("customer")
        who = first["customer"].to_numpy(np.int64)
        x = features(history, Coupons(int(str(campaign)), start, nothing, nothing), who)
        for channel in ADDRESSED:
            x[f"by_{channel}"] = (first["channel"] == channel).to_numpy(float)
        made.append(x)
        mine = history.redemptions[history.redemptions["campaign"] == campaign]
        y = np.isin(who, mine.loc[mine["day"] < start + ANSWER_DAYS, "customer"].to_numpy())
        known = max(known_at(history, start), start - 1)
        about.append(pd.DataFrame({"customer": who, "start": start, "known": known, "y": y}))
    if len(made) < LEAST_CAMPAIGNS:
        message = (
            f"{len(made)} past campaigns are {ANSWER_DAYS} days old; a model of who answers needs {LEAST_CAMPAIGNS}"
        )
        raise ToolFailure("too_little_history", message, campaigns=len(made), needed=LEAST_CAMPAIGNS)
    return pd.concat(made, ignore_index=True), pd.concat(about, ignore_index=True)


def train_contacts(
    orders: pd.DataFrame, contacts: pd.DataFrame, outcome: Outcome, end: int, *, seed: int, progress: Report
) -> Trained:
    """Train on contacts that were sent (their `channel` is not `none`), by what was known before each campaign.

    Raises:
        ToolFailure: `too_little_history`, `one_class`, `future_feature`.
    """
    began = time.perf_counter()
    progress(f"Who {outcome}: features", 0, None)
    x, about = rows_of(history_of(orders, contacts[contacts["channel"] != "none"], outcome), end)
    parts = _split(about["start"].to_numpy())
    y = {name: about.loc[chosen, "y"].to_numpy(bool) for name, chosen in parts.items()}
    for name in ("validation", "test"):
        if int(y[name].sum()) < LEAST_POSITIVES:
            message = (
                f"of the {len(y[name]):,} {name} contacts {int(y[name].sum())} {outcome}; "
                f"a model needs at least {LEAST_POSITIVES}"
            )
            raise ToolFailure("one_class", message, positives=int(y[name].sum()))
    progress(f"Who {outcome}: fitting", 0, None)
    best, rounds, scores = _choose(x, about, parts, seed)
    calibration = fit_calibration(scores[best], y["validation"])
    known = parts["train"] | parts["validation"]
    judged = calibration.apply(_Way.fit(best, x[known], about[known], rounds, seed).predict(x[parts["test"]]))
    final = _Way.fit(best, x, about, rounds, seed)
    model = ContactModel(schema_sha=schema_sha(tuple(x.columns)), calibration=calibration, logistic=final.logistic)
    files = {"model.json": model.model_dump_json(indent=2).encode()}
    if final.trees:
        files["trees.txt"] = final.trees.encode()
    figures = chance_figures(y["test"], judged, about.loc[parts["test"], "customer"].to_numpy())
    started = time.perf_counter()
    final.predict(x)
    return Trained(
        model=model,
        files=files,
        periods=tuple(_period(name, about[parts[name]]) for name in ("train", "validation", "test")),
        figures=figures,
        compared=_compared(scores, y, best),
        reliability=reliability(y["test"], judged),
        algorithm=_WORDS[best],
        customers=int(about["customer"].nunique()),
        seconds=time.perf_counter() - began,
        thousand_ms=(time.perf_counter() - started) / len(x) * 1_000_000,
        notes=(
            "missing demographics are not imputed: attributes carry no time at which they were known, so none is used",
            f"who had not {outcome} within {ANSWER_DAYS} days counts as not having",
        ),
    )


@dataclass(frozen=True)
class _Way:
    """The regression or the trees, fitted."""

    logistic: LogisticModel | None = None
    trees: str = ""

    @classmethod
    def fit(cls, way: str, x: pd.DataFrame, about: pd.DataFrame, rounds: int, seed: int) -> _Way:
        if way == "logistic":
            return cls(logistic=_logistic(x, about))
        return cls(trees=fit_trees(x, about["y"].to_numpy(bool), None, seed=seed, rounds=rounds)[0])

    def predict(self, x: pd.DataFrame) -> Floats:
        return self.logistic.predict(x) if self.logistic is not None else tree_values(self.trees, x)


def _choose(
    x: pd.DataFrame, about: pd.DataFrame, parts: dict[str, Marks], seed: int
) -> tuple[str, int, dict[str, Floats]]:
    """The better way on the validation campaigns, the rounds of the trees, and everyone's chances there."""
    before, held = parts["train"], parts["validation"]
    y = about["y"].to_numpy(bool)
    more = _oversampled(y[before], seed)
    text, rounds = fit_trees(x[before], y[before], (x[held], y[held]), seed=seed)
    scores = {
        "logistic": _logistic(x[before], about[before]).predict(x[held]),
        "trees": tree_values(text, x[held]),
        "oversampled": _logistic(x[before].iloc[more], about[before].iloc[more]).predict(x[held]),
    }
    return min(("logistic", "trees"), key=lambda way: log_loss(y[held], scores[way])), rounds, scores


_WORDS = {
    "logistic": "L2-penalised logistic regression on signed-log features",
    "trees": "gradient boosting (LightGBM)",
    "oversampled": "the regression with those who answered repeated until both classes are even",
}


def _logistic(x: pd.DataFrame, about: pd.DataFrame) -> LogisticModel:
    import pandas as pd

    def moments(days: pd.Series[float]) -> NDArray[np.datetime64]:
        return (pd.Timestamp(EPOCH) + pd.to_timedelta(days, unit="D")).to_numpy()

    return fit_logistic(x, about["y"].to_numpy(bool), known_at=moments(about["known"]), moment=moments(about["start"]))


def _split(start: Floats) -> dict[str, Marks]:
    """Whole campaigns, by their first day."""
    ordered = np.sort(start)
    valid, test = (float(ordered[int(share * len(ordered))]) for share in SHARES)
    if valid == test:
        later = np.unique(start[start > valid])
        test = float(later[0]) if len(later) else valid
    return {
        "train": start < valid,
        "validation": (start >= valid) & (start < test),
        "test": start >= test,
    }


def _oversampled(y: Marks, seed: int) -> NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    few, many = np.flatnonzero(y), np.flatnonzero(~y)
    return np.concatenate([many, rng.choice(few, len(many))])


def _compared(scores: dict[str, Floats], y: dict[str, Marks], best: str) -> tuple[Candidate, ...]:
    held = y["validation"]
    same = np.full(len(held), float(y["train"].mean()))
    return (
        candidate("the same chance for everybody", held, same, log_loss(held, same)),
        *(candidate(_WORDS[way], held, p, log_loss(held, p), chosen=way == best) for way, p in scores.items()),
    )


def _period(name: str, rows: pd.DataFrame) -> Period:
    first, last = (_date(rows["start"].min()), _date(rows["start"].max()))
    return Period(name=name, first=first, last=last, rows=len(rows), positives=int(rows["y"].sum()))


def _date(day: float) -> date:
    return EPOCH + timedelta(days=int(day))
