"""What a judge's answer says. The last verdict counts; one that is not on the menu is unscored, never zero."""

import re
from collections.abc import Sequence

from evals.tasks.base import Scored


def verdict(text: str, menu: Sequence[str]) -> str | None:
    """The verdict of a line `verdict: WORD`, the last one; null where there is none or it is not on the menu."""
    found: list[str] = re.findall(r"(?im)^\W*verdict\W*[:：]\s*\W*([\w-]+)", text)
    last = found[-1].lower() if found else None
    return last if last in menu else None


def preferred(first: str | None, swapped: str | None) -> float | None:
    """The share of A's win from a judgement in both orders: `first` with A before B, `swapped` with B before A.

    1 where A wins in both, 0 where B does, 0.5 where the order decided or both say tie; null where either is unscored.
    """
    as_a = {"first": 1.0, "second": 0.0, "tie": 0.5}
    as_b = {"first": 0.0, "second": 1.0, "tie": 0.5}
    if first not in as_a or swapped not in as_b:
        return None
    return (as_a[first] + as_b[swapped]) / 2


def rubric_score(text: str) -> Scored:
    """Pass or fail from a rubric's answer."""
    found = verdict(text, ("pass", "fail"))
    return Scored({"judge": None if found is None else float(found == "pass")}, text if found is None else "")
