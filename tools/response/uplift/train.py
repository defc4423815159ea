"""Training uplift: some customers fit, some choose the learner, the rest say what is true of its fifths."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tools.experiment.effects import Randomisation
from tools.failure import ToolFailure
from tools.metrics.qini import auuc, qini
from tools.metrics.types import LEVEL, metric
from tools.response.card import Bin, Candidate, Figure, Judged, Period
from tools.response.uplift.learners import LEARNERS, Effect, Learner, Trial, doubly_robust, fit_effect, mean_effect
from tools.response.uplift.model import Fifth, Uplift, UpliftModel
from tools.response.uplift.rows import Arm, Campaign, Columns, arms_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

LEAST = 500
"""Customers in each arm below which nothing is learned of who is changed."""
LEAST_CONVERTED = 20
FIFTHS = 5
SHARES = (0.45, 0.65)
Part = Literal["train", "validation", "test"]
Report = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Trained(Judged):
    model: UpliftModel
    files: dict[str, bytes]
    algorithm: str


@dataclass(frozen=True)
class _Learned:
    uplift: Uplift
    texts: tuple[str, ...]
    figures: tuple[Figure, ...]
    compared: tuple[Candidate, ...]
    sizes: dict[Part, tuple[int, int]]


def train_uplift(
    campaigns: Sequence[Campaign],
    given: Mapping[str, pd.DataFrame],
    columns: Columns,
    *,
    days: int,
    seed: int,
    progress: Report,
) -> Trained:
    """Train on every channel and offer that an arm of a randomised campaign was all given.

    Args:
        given: campaign_id → features of its rows.
        days: over which the campaigns' conversions were counted.

    Raises:
        ToolFailure: `no_randomised` where no arm was; `too_few_rows`, `one_class` where none has enough customers.
    """
    began = time.perf_counter()
    by_kind: dict[tuple[str, str | None], list[Arm]] = {}
    notes: list[str] = []
    for campaign in campaigns:
        arms, mixed = arms_of(campaign)
        notes += mixed
        for arm in arms:
            by_kind.setdefault((arm.channel, arm.offer), []).append(arm)
    if not by_kind:
        why = f": {'; '.join(notes)}" if notes else ""
        raise ToolFailure("no_randomised", f"no past campaign gave an arm one channel and offer by lot{why}")
    learned: list[_Learned] = []
    refused: ToolFailure | None = None
    for kind, arms in by_kind.items():
        progress(f"Uplift of {kind[0]}", len(learned), len(by_kind))
        try:
            learned.append(_learn(kind, arms, given, days=days, seed=seed, number=len(learned)))
        except ToolFailure as failure:
            notes.append(failure.message)
            refused = failure
    if not learned:
        raise refused or ToolFailure("no_randomised", "no arm can be learned from")
    return _whole(learned, campaigns, columns, given, notes, time.perf_counter() - began)


def parts_of(ids: Sequence[str], seed: int) -> NDArray[np.str_]:
    """train, validation or test by a hash of the customer, so that one customer is always in the same."""
    draw = [int(hashlib.sha256(f"{seed}:{one}".encode()).hexdigest()[:8], 16) / 2**32 for one in ids]
    return np.select([np.array(draw) < SHARES[0], np.array(draw) < SHARES[1]], ["train", "validation"], "test")


def _learn(
    kind: tuple[str, str | None],
    arms: list[Arm],
    given: Mapping[str, pd.DataFrame],
    *,
    days: int,
    seed: int,
    number: int,
) -> _Learned:
    trial, of = _pooled(arms, given, seed)
    name = kind[0] if kind[1] is None else f"{kind[0]} with {kind[1]}"
    _enough(name, trial)
    one: dict[Part, Trial] = {part: trial.take(of == part) for part in ("train", "validation", "test")}
    psi = doubly_robust(one["validation"], seed=seed)
    fitted: dict[Learner, Effect] = {"constant": Effect("constant", (), mean=float(psi.mean()))}
    for learner in LEARNERS:
        made = fit_effect(learner, one["train"], seed=seed).calibrated(one["validation"].features, psi)
        fitted[learner] = made
    losses = {k: float(((psi - e.of(one["validation"].features)) ** 2).mean()) for k, e in fitted.items()}
    first = min(losses, key=lambda learner: losses[learner])
    best = fitted[first]
    fifths, figures = _judge(name, best, trial, one["test"], seed)
    names = tuple(f"uplift-{number}-{k}.txt" for k in range(len(best.texts)))
    ids = tuple(dict.fromkeys(arm.campaign.campaign_id for arm in arms))
    uplift = Uplift(
        channel=kind[0],
        offer=kind[1],
        campaigns=ids,
        days=days,
        randomisation=Randomisation(method="`contacts` marks every row as randomised"),
        learner=best.learner,
        chance=best.chance,
        mean=best.mean,
        intercept=best.intercept,
        slope=best.slope,
        files=names,
        fifths=fifths,
    )
    words = {"constant": "one effect for everybody", "T": "T learner", "X": "X learner", "DR": "DR learner"}
    compared = tuple(
        Candidate(name=f"{name}: {words[k]}", loss=loss, roc_auc=None, chosen=k == first) for k, loss in losses.items()
    )
    sizes = {part: (len(rows.outcome), int(rows.outcome.sum())) for part, rows in one.items()}
    return _Learned(uplift, best.texts, figures, compared, sizes)


def _pooled(arms: list[Arm], given: Mapping[str, pd.DataFrame], seed: int) -> tuple[Trial, NDArray[np.str_]]:
    """The trials of all campaigns of one kind as one."""
    import pandas as pd

    trials, parts = [], []
    for arm in arms:
        trials.append(arm.trial(given[arm.campaign.campaign_id]))
        parts.append(parts_of(arm.campaign.rows.loc[arm.chosen, "customer_id"].tolist(), seed))
    whole = Trial(
        pd.concat([one.features for one in trials], ignore_index=True),
        np.concatenate([one.treated for one in trials]),
        np.concatenate([one.outcome for one in trials]),
        np.concatenate([one.chance for one in trials]),
    )
    return whole, np.concatenate(parts)


def _enough(name: str, trial: Trial) -> None:
    for arm, chosen in (("treated", trial.treated), ("control", ~trial.treated)):
        n, y = int(chosen.sum()), int(trial.outcome[chosen].sum())
        if n < LEAST:
            message = f"{name}: the {arm} arm has {n:,} customers; uplift needs {LEAST}"
            raise ToolFailure("too_few_rows", message, customers=n)
        if min(y, n - y) < LEAST_CONVERTED:
            message = (
                f"{name}: of {n:,} customers of the {arm} arm {y:,} converted; it takes {LEAST_CONVERTED} that did "
            )
            raise ToolFailure("one_class", f"{message}and as many that did not", converted=y)


def _judge(
    name: str, effect: Effect, whole: Trial, test: Trial, seed: int
) -> tuple[tuple[Fifth, ...], tuple[Figure, ...]]:
    """What is true of fifths by τ̂, where held-out customers show that τ̂ ranks; else of everybody together.

    The mean over everybody is of all rows: ψ is made of other folds, and its mean does not depend on τ̂.
    """
    psi = doubly_robust(whole, seed=seed)
    middle, low, high = mean_effect(psi, LEVEL)
    n = len(psi)
    figures = [
        Figure(name=f"{name}: uplift in the share that converts", value=metric(middle, low, high, n), better="higher")
    ]
    everybody = (_fifth(whole, psi, effect.of(whole.features), np.ones(n, dtype=bool), None),)
    if effect.learner == "constant":
        return everybody, tuple(figures)
    y, t, tau = test.outcome, test.treated, effect.of(test.features)
    ranks = qini(y, t, tau, seed=seed)
    figures += [
        Figure(name=f"{name}: Qini coefficient", value=ranks, better="higher"),
        Figure(name=f"{name}: area under the uplift curve", value=auuc(y, t, tau, seed=seed), better="higher"),
    ]
    cuts = np.unique(np.quantile(tau, np.linspace(0, 1, FIFTHS + 1)[1:-1]))
    of = np.searchsorted(cuts, tau, side="left")
    if ranks.low is None or ranks.low <= 0 or not all(_both_arms(test, of == g) for g in range(len(cuts) + 1)):
        return everybody, tuple(figures)
    held = doubly_robust(test, seed=seed)
    ends = [*(float(cut) for cut in cuts), None]
    return tuple(_fifth(test, held, tau, of == g, most) for g, most in enumerate(ends)), tuple(figures)


def _both_arms(test: Trial, mine: Marks) -> bool:
    return min(int((mine & test.treated).sum()), int((mine & ~test.treated).sum())) >= 2


def _fifth(test: Trial, psi: Floats, tau: Floats, mine: Marks, most: float | None) -> Fifth:
    return Fifth(
        most=most,
        effect=float(psi[mine].mean()),
        error=float(psi[mine].std(ddof=1)) / float(np.sqrt(mine.sum())),
        base=float(test.outcome[mine & ~test.treated].mean()),
        predicted=float(tau[mine].mean()),
        customers=int(mine.sum()),
    )


def _whole(
    learned: list[_Learned],
    campaigns: Sequence[Campaign],
    columns: Columns,
    given: Mapping[str, pd.DataFrame],
    notes: list[str],
    seconds: float,
) -> Trained:
    model = UpliftModel(columns=columns, uplifts=tuple(one.uplift for one in learned))
    files = {"model.json": model.model_dump_json(indent=2).encode()}
    for one in learned:
        files |= {name: text.encode() for name, text in zip(one.uplift.files, one.texts, strict=True)}
    used = {name for one in learned for name in one.uplift.campaigns}
    dates = sorted(one.start for one in campaigns if one.campaign_id in used)
    first = learned[0]
    x = next(iter(given.values()))
    effect = first.uplift.effect(first.texts)
    began = time.perf_counter()
    effect.of(x)
    spent = time.perf_counter() - began
    names: tuple[Part, ...] = ("train", "validation", "test")
    return Trained(
        model=model,
        files=files,
        periods=tuple(
            Period(
                name=part,
                first=dates[0],
                last=dates[-1],
                rows=sum(one.sizes[part][0] for one in learned),
                positives=sum(one.sizes[part][1] for one in learned),
            )
            for part in names
        ),
        figures=tuple(figure for one in learned for figure in one.figures),
        compared=tuple(row for one in learned for row in one.compared),
        reliability=tuple(
            Bin(predicted=f.predicted, happened=f.effect, rows=f.customers)
            for one in learned
            for f in one.uplift.fifths
        ),
        customers=sum(len(one.rows) for one in campaigns if one.campaign_id in used),
        seconds=seconds,
        thousand_ms=spent / len(x) * 1_000_000,
        notes=(*notes, *(note for one in learned for note in _remarks(one.uplift))),
        algorithm=", ".join(dict.fromkeys(_words(one.uplift) for one in learned)),
    )


def _words(uplift: Uplift) -> str:
    return "one effect for everybody" if uplift.learner == "constant" else f"{uplift.learner} learner on LightGBM"


def _remarks(uplift: Uplift) -> tuple[str, ...]:
    if len(uplift.fifths) > 1:
        return ()
    return (f"{uplift.channel}: who is changed more than others cannot be told apart, so one effect holds for all",)
