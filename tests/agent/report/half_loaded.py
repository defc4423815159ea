"""A chart drawn in one thread while another is about loading pandas, into which altair looks. Run as a program."""

import sys
import threading
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import altair

from agent.report.curve import budget_curve
from agent.report.language import sayer
from tests.agent.report import sample

WAIT_SECONDS = 2.0
half, drawn = threading.Event(), threading.Event()


class Slow(MetaPathFinder):
    """pandas stops half-way, until the chart is drawn or waits for it."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name == "pandas.core.api":
            half.set()
            drawn.wait(WAIT_SECONDS)
        return None


def load() -> None:
    import pandas  # noqa: F401


assert altair
assert "pandas" not in sys.modules, "it would prove nothing"
sys.meta_path.insert(0, Slow())
loading = threading.Thread(target=load)
loading.start()
assert half.wait(60)
assert budget_curve(sample.allocation(), "USD", sayer("en"))
drawn.set()
loading.join()
