"""The servers by name, as targets and the command line call them."""

from __future__ import annotations

from collections.abc import Callable

from evals.servers.assessor import Assessor
from evals.servers.copyist import Copyist
from evals.servers.faulty import KINDS, Faulty
from evals.servers.fluent import Fluent
from evals.servers.obedient import Obedient
from evals.servers.protocol import Delivery, Mind, Whole
from tools.failure import ToolFailure

FAULT = "faulty-"
MINDS: dict[str, Callable[[], Mind]] = {
    "copyist": Copyist,
    "obedient": Obedient,
    "fluent": Fluent,
    "assessor": Assessor,
    "assessor-first": lambda: Assessor("first"),
    "assessor-mumbling": lambda: Assessor("mumbling"),
}


def named(name: str) -> tuple[Mind, Delivery]:
    """What a server of this name says, and how it sends it.

    Raises:
        ToolFailure: `unknown_server`, with the names there are.
    """
    fault = name.removeprefix(FAULT)
    if name.startswith(FAULT) and fault in KINDS:
        return Copyist(), Faulty(fault)
    if name not in MINDS:
        known = ", ".join((*MINDS, *(FAULT + kind for kind in KINDS)))
        raise ToolFailure("unknown_server", f"There is no server `{name}`; there are {known}.")
    return MINDS[name](), Whole()
