"""How far a judge may be believed: against human labels, with intervals.

A judge may gate if both its true-positive and its true-negative rate are at least 0.85 on at least 60 labels; else it
informs. The pass rate that it reports is corrected for its own errors (Rogan & Gladen 1978): a judge with sensitivity
s and specificity t that passes a share q has seen (q + t − 1) / (s + t − 1) good ones.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.failure import ToolFailure

LEAST_RATE, LEAST_LABELS = 0.85, 60
WORDS = {"pass": True, "1": True, "yes": True, "true": True, "fail": False, "0": False, "no": False, "false": False}
COLUMNS = ("case_id", "human")


@dataclass(frozen=True)
class Rate:
    """A rate in [0, 1] with Wilson's 95 % interval; all null where nothing was labelled so: no data."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Calibration:
    true_positive: Rate
    true_negative: Rate
    agreement: float | None
    """Krippendorff's alpha, nominal; null where all labels are one."""
    passed: float | None
    """Share that the judge passes."""
    corrected: float | None
    """The same, corrected for its errors, in [0, 1]; null where the judge is no better than chance."""
    labels: int
    unscored: int

    @property
    def may_gate(self) -> bool:
        rates = (self.true_positive.value, self.true_negative.value)
        return self.labels >= LEAST_LABELS and all(rate is not None and rate >= LEAST_RATE for rate in rates)


Pair = tuple[bool, bool | None]
"""(human, judge); null where the judge gave no verdict."""


def calibrate(pairs: Sequence[Pair]) -> Calibration:
    """Hold a judge's verdicts against human labels."""
    scored = [(human, judge) for human, judge in pairs if judge is not None]
    good = [judge for human, judge in scored if human]
    bad = [not judge for human, judge in scored if not human]
    passed = sum(judge for _, judge in scored) / len(scored) if scored else None
    positive, negative = _rate(good), _rate(bad)
    return Calibration(
        true_positive=positive,
        true_negative=negative,
        agreement=alpha(scored),
        passed=passed,
        corrected=_corrected(passed, positive.value, negative.value),
        labels=len(scored),
        unscored=len(pairs) - len(scored),
    )


def _rate(hits: Sequence[bool]) -> Rate:
    from statsmodels.stats.proportion import proportion_confint

    if not hits:
        return Rate(None, None, None, 0)
    low, high = proportion_confint(sum(hits), len(hits), method="wilson")
    return Rate(sum(hits) / len(hits), float(low), float(high), len(hits))


def _corrected(passed: float | None, positive: float | None, negative: float | None) -> float | None:
    if passed is None or positive is None or negative is None or positive + negative <= 1:
        return None
    return min(1.0, max(0.0, (passed + negative - 1) / (positive + negative - 1)))


def alpha(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Krippendorff's alpha, two coders, nominal values (Krippendorff 2011): 1 − observed / expected disagreement."""
    n = 2 * len(pairs)
    ones = sum(human + judge for human, judge in pairs)
    expected = 2 * ones * (n - ones) / (n * (n - 1)) if n > 1 else 0
    if not expected:
        return None
    return 1 - (sum(human != judge for human, judge in pairs) / len(pairs)) / expected


def read_labels(path: Path, verdicts: Mapping[str, bool | None] | None = None) -> list[Pair]:
    """Labels from a CSV file with the columns case_id and human; a case without a label is left out.

    Args:
        verdicts: what the judge said by case, null where it was unscored; without them it stands in a column `judge`.

    Raises:
        ToolFailure: `bad_labels`, with the row and word that are no label, the case that the judge was not asked
            about, or the column that is missing.
    """
    rows = _rows(path)
    missing = {*COLUMNS, *(() if verdicts is not None else ("judge",))} - set(rows[0] if rows else ())
    if missing:
        raise ToolFailure("bad_labels", f"`{path}` has no column {', '.join(sorted(missing))}, or no row.")
    seen: set[str] = set()
    pairs = []
    for at, row in enumerate(rows, start=2):
        if row["case_id"] in seen:
            raise ToolFailure("bad_labels", f"`{path}`, row {at}: `{row['case_id']}` is labelled twice")
        seen.add(row["case_id"])
        if not (row["human"] or "").strip():
            continue
        human = _label(path, at, row["human"])
        if verdicts is None:
            pairs.append((human, _label(path, at, row["judge"]) if (row["judge"] or "").strip() else None))
        elif row["case_id"] in verdicts:
            pairs.append((human, verdicts[row["case_id"]]))
        else:
            raise ToolFailure("bad_labels", f"`{path}`, row {at}: the judge was not asked about `{row['case_id']}`")
    return pairs


def _rows(path: Path) -> list[dict[str, str]]:
    """Some spreadsheets save with semicolons."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ToolFailure("bad_labels", f"`{path}` cannot be read: {error}") from error
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    return list(csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter))


def _label(path: Path, at: int, word: str) -> bool:
    found = WORDS.get(word.strip().lower())
    if found is None:
        raise ToolFailure("bad_labels", f"`{path}`, row {at}: {word!r} is no label; write pass or fail")
    return found
