"""The main job's figures: warm plan, imports, help. `python -m evals.bench.plan` on a home that holds the demo shop.

Wall and CPU seconds and peak memory of whole processes, the median of three; the machine's noise shows in the range.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

BRIEF = (
    "Win back pet owners who haven't bought pet food for 60 days. $300, email and SMS, Dec 1–14, "
    "never above 15% off. Warm, a bit playful."
)
RUNS = 3


@dataclass(frozen=True)
class Run:
    """One whole process: seconds and MiB."""

    wall: float
    cpu: float
    peak_mib: float


def measure(command: list[str]) -> Run:
    """Run a command and take the kernel's account of it.

    Raises:
        subprocess.CalledProcessError: the command failed.
    """
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return Run(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def main() -> None:
    """Print one row a measure, as they stand in docs/benchmarks.md."""
    briefsmith = str(Path(sys.executable).with_name("briefsmith"))
    with tempfile.TemporaryDirectory() as folder:
        plan = [briefsmith, "plan", BRIEF, "--out", f"{folder}/package"]
        measure(plan)
        rows = {
            "`briefsmith --help`": [briefsmith, "--help"],
            "imports of a plan alone": [sys.executable, "-c", IMPORTS],
            "warm `briefsmith plan` of the README's brief": plan,
        }
        print("| what | wall s, median (range) | CPU s | peak MiB |\n|---|---|---|---|")
        for what, command in rows.items():
            runs = [measure(command) for _ in range(RUNS)]
            walls = [run.wall for run in runs]
            print(
                f"| {what} | {statistics.median(walls):.2f} ({min(walls):.2f} to {max(walls):.2f}) "
                f"| {statistics.median(run.cpu for run in runs):.2f} | {max(run.peak_mib for run in runs):,.0f} |"
            )


IMPORTS = (
    "import langchain.agents, ibis, duckdb, pandas, pyarrow, chromadb, statsmodels.stats.power, altair, vl_convert, "
    "ortools.sat.python.cp_model, agent.plan, agent.cli"
)

if __name__ == "__main__":
    main()
