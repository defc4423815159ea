"""Boundaries against published ones, and false alarms by simulation; peeking with a fixed level must fail."""

import numpy as np
import pytest

from tools.experiment.sequential import boundaries, information_at, spent


@pytest.mark.parametrize(
    ("looks", "published"),
    [
        # ldbounds / Proschan, Lan and Wittes (2006): O'Brien-Fleming-like spending, two-sided 0.05, equal spacing.
        (2, (2.963, 1.969)),
        (3, (3.710, 2.511, 1.993)),
        (4, (4.333, 2.963, 2.359, 2.014)),
        (5, (4.877, 3.357, 2.680, 2.290, 2.031)),
    ],
)
def test_boundaries_are_the_published_ones(looks: int, published: tuple[float, ...]) -> None:
    found = boundaries([(k + 1) / looks for k in range(looks)])
    assert found == pytest.approx(published, abs=0.001)


def test_one_look_is_the_ordinary_test() -> None:
    assert boundaries([1.0]) == pytest.approx((1.959964,), abs=1e-6)
    assert spent(1.0) == pytest.approx(0.05)


@pytest.mark.parametrize("wrong", [[], [0.5, 0.5, 1], [0.0, 1], [0.5, 0.3], [0.5, 1.2]])
def test_refuses_information_that_does_not_rise(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="must rise"):
        boundaries(wrong)


def test_looking_twice_raises_no_more_false_alarms_than_looking_once() -> None:
    """4,000 A/A campaigns read on days 4, 8, 11 and 14: conversions by customer and day, as a readout sees them."""
    rng = np.random.default_rng(6)
    n, baseline, days = 800, 0.4, (4, 8, 11, 14)
    limits = boundaries([information_at(day, 14, baseline) for day in days])
    sequential = peeking = 0
    for _ in range(4000):
        hazard = -np.log(1 - baseline) / 14
        day = rng.exponential(1 / hazard, n)
        treated = rng.random(n) < 0.7
        z = [_z(day <= d, treated) for d in days]
        sequential += any(abs(one) >= limit for one, limit in zip(z, limits, strict=True))
        peeking += any(abs(one) >= 1.96 for one in z)
    assert sequential / 4000 == pytest.approx(0.05, abs=0.011)
    assert peeking / 4000 > 0.10


def _z(
    bought: "np.ndarray[tuple[int], np.dtype[np.bool_]]", treated: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> float:
    p, q, pooled = bought[treated].mean(), bought[~treated].mean(), bought.mean()
    return float((p - q) / np.sqrt(pooled * (1 - pooled) * (1 / treated.sum() + 1 / (~treated).sum())))


def test_information_is_the_odds_not_the_days() -> None:
    """The correlation of z at two days is the root of their information, by simulation."""
    rng = np.random.default_rng(7)
    baseline = 0.7
    day = rng.exponential(1 / (-np.log(1 - baseline) / 14), (3000, 200))
    treated = np.arange(200) < 100
    early, late = (
        (day[:, treated] <= d).mean(axis=1) - (day[:, ~treated] <= d).mean(axis=1) for d in (7, 14)
    )  # fmt: skip
    found = np.corrcoef(early, late)[0, 1] ** 2
    assert found == pytest.approx(information_at(7, 14, baseline), abs=0.03)
    assert abs(found - 0.5) > 0.1
