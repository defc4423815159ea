"""Which judges have been held against human labels, and may gate: kept beside the code, like a baseline."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.judge.calibrate import LEAST_LABELS, LEAST_RATE, Calibration

KEPT = Path(__file__).parent / "calibrated.json"


def keep(judge: str, found: Calibration, path: Path = KEPT) -> None:
    """Write the judge's calibration, in place of an older one."""
    known = _known(path) | {judge: asdict(found) | {"may_gate": found.may_gate}}
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def may_gate(judge: str, path: Path = KEPT) -> bool:
    """Whether the judge is calibrated well enough; the figures decide, not the file's word."""
    found = _known(path).get(judge)
    if found is None or found["labels"] < LEAST_LABELS:
        return False
    rates = (found[name]["value"] for name in ("true_positive", "true_negative"))
    return all(rate is not None and rate >= LEAST_RATE for rate in rates)


def _known(path: Path) -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return known
