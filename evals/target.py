"""A target: who answers the cases. The same task, different targets."""

from __future__ import annotations

from dataclasses import dataclass

from tools.failure import ToolFailure

EMBEDDED = "embedded"


@dataclass(frozen=True)
class Target:
    """`embedded` (our own reader, rules, template writer and search) or `embedded:SEED`, which varies its choices."""

    name: str = EMBEDDED
    seed: int = 0

    @property
    def deterministic(self) -> bool:
        """The same target and case give the same answer."""
        return True


def parse_target(text: str) -> Target:
    """Read `--target`.

    Raises:
        ToolFailure: `unknown_target`, with the forms there are.
    """
    kind, _, rest = text.partition(":")
    if kind == EMBEDDED and (not rest or rest.isdigit()):
        return Target(text, int(rest or 0))
    raise ToolFailure("unknown_target", f"There is no target `{text}`; write `embedded` or `embedded:SEED`.")
