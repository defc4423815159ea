"""CP-SAT so that Ctrl-C reaches the caller: it stops the solve at once and raises KeyboardInterrupt here."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def interruptible(solver: "cp_model.CpSolver", model: "cp_model.CpModel") -> Any:
    """`solver.solve(model)`, in a thread of its own.

    CP-SAT's own handler of the signal would end the solve and swallow the signal, and leave the process without
    Python's handler afterwards; without it the interpreter would hear of the signal only after the solve.
    """
    solver.parameters.catch_sigint_signal = False
    found: list[Any] = []
    worker = threading.Thread(target=lambda: found.append(solver.solve(model)), daemon=True)
    worker.start()
    try:
        worker.join()
    except KeyboardInterrupt:
        while worker.is_alive():  # a solve that is only about to begin does not hear the first call
            solver.stop_search()
            worker.join(0.01)
        raise
    if not found:
        raise RuntimeError("CP-SAT did not return: its error is above")
    return found[0]
