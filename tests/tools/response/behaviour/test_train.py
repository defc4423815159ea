"""Training where the truth is known: the chances come near it, one chance for everybody does not."""

import hashlib
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.tools.response.behaviour.households import START, days_of, truth
from tests.tools.response.test_shelf import card
from tools.failure import ToolFailure
from tools.response.behaviour.lifetime import fit_lifetime, lifetime_chances
from tools.response.behaviour.model import BehaviourModel, Parameters, answerable, chances_of
from tools.response.behaviour.purchases import Purchases, Rows
from tools.response.behaviour.sequence import fit, log_loss, predict, sequences
from tools.response.behaviour.split import split
from tools.response.behaviour.train import Trained, train_behaviour
from tools.response.calibration import Calibration, fit_calibration
from tools.response.shelf import Stored

END = START + 230


def quiet(label: str, done: int, total: int | None) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def trained() -> Trained:
    frame, _, _ = days_of()
    return train_behaviour(Purchases.of(frame), END, seed=0, progress=quiet)


def test_chances_come_near_the_truth_and_the_naive_way_does_not(trained: Trained) -> None:
    """On customers of the same kind whom the model has never seen."""
    frame, rate, stops = days_of(seed=2)
    purchases = Purchases.of(frame)
    known = np.flatnonzero(np.diff(purchases.before(END - 30).begin) > 0)
    n = len(known)
    rows = Rows(known, np.full(n, END - 30), np.full(n, 7), np.full(n, 14))
    p, real = trained.model.chances(purchases, rows), truth(purchases, rows, rate, stops)
    assert abs(p.mean() - real.mean()) < 0.06
    assert ((p - real) ** 2).mean() < 0.3 * ((real.mean() - real) ** 2).mean()


def test_the_card_says_what_was_compared(trained: Trained) -> None:
    assert [one.name for one in trained.periods] == ["train", "validation", "test"]
    assert len(trained.compared) == 4
    assert sum(one.chosen for one in trained.compared) == 1
    chosen = next(one for one in trained.compared if one.chosen)
    assert chosen.loss == min(one.loss for one in trained.compared)
    assert chosen.loss < 0.8 * trained.compared[0].loss
    assert sum(one.rows for one in trained.reliability) == trained.periods[-1].rows
    area = trained.figures[0].value
    assert area.estimate is not None
    assert area.low is not None
    assert area.low > 0.75
    assert trained.model.parameters.spread > 0


def test_no_row_of_a_span_sees_the_next() -> None:
    frame, _, _ = days_of()
    parts = split(Purchases.of(frame), END, seed=0)
    assert parts.train.end.max() <= parts.valid_from <= parts.valid.origin.min()
    assert parts.valid.end.max() <= parts.test_from <= parts.test.origin.min()
    assert parts.test.end.max() <= END


def test_a_longer_window_is_no_less_likely(trained: Trained) -> None:
    frame, _, _ = days_of()
    purchases = Purchases.of(frame)
    longer = [chances_of(trained.model, purchases, origin=END, lead=7, window=w) for w in (7, 14, 28)]
    for short, long in itertools.pairwise(longer):
        assert all(short[name] <= long[name] + 1e-9 for name in short)


@pytest.mark.parametrize(("lead", "window"), [(30, 14), (7, 60), (-1, 14), (7, 1)])
def test_windows_it_was_not_trained_for_are_refused(lead: int, window: int) -> None:
    with pytest.raises(ToolFailure, match="was trained for windows"):
        answerable(lead, window)


def test_lifetime_recovers_the_process() -> None:
    """Customers drawn from a BG/NBD: the share that buys again is what its parameters say."""
    rng = np.random.default_rng(4)
    size, days = 3_000, 220
    rate, quits = rng.gamma(1.4, 1 / 10, size), rng.beta(0.8, 6, size)
    lines = []
    for i in range(size):
        day = 0.0
        while day < days:
            lines.append((f"c{i:05d}", START + int(day)))
            if rng.random() < quits[i]:
                break
            day += rng.exponential(1 / rate[i])
    frame = pd.DataFrame(lines, columns=["customer_id", "day"]).drop_duplicates()
    purchases = Purchases.of(frame.assign(lines=1, spend_minor=1, discount_minor=0))
    origin = START + 190
    rows = Rows(np.arange(size), np.full(size, origin), np.zeros(size, int), np.full(size, 28))
    p = lifetime_chances(purchases, rows, fit_lifetime(purchases, origin))
    bought = purchases.buys(rows.customer, rows.start, rows.end)
    assert abs(p.mean() - bought.mean()) < 0.03
    top = p > np.quantile(p, 0.8)
    assert abs(p[top].mean() - bought[top].mean()) < 0.05


def test_the_gru_learns_and_comes_back_from_its_file(tmp_path: Path) -> None:
    frame, _, _ = days_of()
    purchases = Purchases.of(frame)
    parts = split(purchases, END, seed=0)
    y = purchases.buys(parts.train.customer, parts.train.start, parts.train.end)
    held = purchases.buys(parts.valid.customer, parts.valid.start, parts.valid.end)
    given, shown = sequences(purchases, parts.train), sequences(purchases, parts.valid)
    network, epochs = fit(given, y, (shown, held), seed=0, epochs=6, progress=lambda *_: None)
    assert 1 <= epochs <= 6
    assert log_loss(held, predict(network, shown)) < 0.9 * log_loss(held, np.full(len(held), y.mean()))
    model = BehaviourModel(Parameters(algorithm="sequence", calibration=Calibration(), spread=0.01), network=network)
    stored = Stored(card(files={n: hashlib.sha256(b).hexdigest() for n, b in model.files().items()}), tmp_path)
    for name, content in model.files().items():
        (tmp_path / name).write_bytes(content)
    rows = parts.test
    assert (BehaviourModel.load(stored).chances(purchases, rows) == model.chances(purchases, rows)).all()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (days_of(50, 80)[0].assign(day=lambda frame: frame["day"] + 150), "too_little_history"),
        (days_of(50)[0].iloc[:0], "too_little_history"),
        (
            pd.DataFrame(
                [(f"c{i}", START + day) for i in range(30) for day in range(230)], columns=["customer_id", "day"]
            ).assign(lines=1, spend_minor=100, discount_minor=0),
            "one_class",
        ),
        (
            pd.DataFrame(
                [(f"c{i}", START + day) for i in range(30) for day in (0, 5, 9)] + [("late", END - 1)],
                columns=["customer_id", "day"],
            ).assign(lines=1, spend_minor=100, discount_minor=0),
            "one_class",
        ),
    ],
    ids=["short", "empty", "everybody", "nobody"],
)
def test_what_nothing_can_be_learned_from_is_refused(frame: pd.DataFrame, code: str) -> None:
    with pytest.raises(ToolFailure) as caught:
        train_behaviour(Purchases.of(frame), END, seed=0, progress=quiet)
    assert caught.value.code == code


def test_calibration_mends_odds_and_keeps_the_order() -> None:
    rng = np.random.default_rng(0)
    real = rng.beta(2, 5, 20_000)
    odds = real / (1 - real)
    wrong = 3 * odds**1.5 / (1 + 3 * odds**1.5)
    y = rng.random(20_000) < real
    mended = fit_calibration(wrong, y).apply(wrong)
    assert np.abs(mended - real).mean() < 0.01 < np.abs(wrong - real).mean()
    assert (np.argsort(mended) == np.argsort(wrong)).all()
    assert fit_calibration(wrong, np.zeros(20_000, bool)) == Calibration()
    assert fit_calibration(1 - real, y) == Calibration()
