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
from tools.response.card import Bin, Candidate, Figure, Judged, Period
from tools.response.uplift.judge import judge
from tools.response.uplift.learners import LEARNERS, Effect, Learner, Trial, doubly_robust, fit_effect
from tools.response.uplift.model import Uplift, UpliftModel
from tools.response.uplift.rows import Arm, Campaign, Columns, arms_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST = 500
"""Customers in each arm below which nothing is learned of who is changed."""
LEAST_CONVERTED = 20
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
    break_even: float = 0.0,
) -> Trained:
    """Train on every channel and offer that an arm of a randomised campaign was all given.

    Args:
        given: campaign_id → features of its rows.
        days: over which the campaigns' conversions were counted.
        break_even: the rise in the share that converts below which a contact costs more than it brings.

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
            learned.append(_learn(kind, arms, given, days=days, seed=seed, number=len(learned), least=break_even))
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
    least: float,
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
    fifths, figures = judge(name, best, trial, one["test"], seed=seed, least=least)
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
