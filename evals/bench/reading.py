"""How long the reading of one brief takes once the reader is loaded: every case, by its length.

Run as `python -m evals.bench.reading`. The first reading compiles the patterns; it is shown apart.
"""

import sys
import time

from evals.briefs import CASES, FRESH, load, read_case

LONG = 600
"""Characters from which a brief is a document and no note."""


def milliseconds(case: dict[str, object]) -> float:
    """One reading, in ms of wall time."""
    began = time.perf_counter()
    read_case(case)
    return (time.perf_counter() - began) * 1_000


def share(times: list[float], part: float) -> float:
    """The time that `part` (0 to 1) of the readings stay within."""
    return sorted(times)[min(len(times) - 1, int(part * len(times)))]


def main() -> None:
    cases = [case for path in (CASES, FRESH) for case in load(path)]
    first = milliseconds(cases[0])
    sys.stdout.write(f"first reading, with the compiling of the patterns: {first:.0f} ms\n")
    kinds = {
        "all": cases,
        "short": [case for case in cases if len(case["text"]) < LONG],
        f"from {LONG} characters": [case for case in cases if len(case["text"]) >= LONG],
    }
    for case in cases:
        read_case(case)
    for name, part in kinds.items():
        times = [milliseconds(case) for case in part]
        sys.stdout.write(
            f"{name}: {len(times)} briefs, p50 {share(times, 0.5):.1f} ms, p99 {share(times, 0.99):.1f} ms, "
            f"most {max(times):.1f} ms\n"
        )


if __name__ == "__main__":
    main()
