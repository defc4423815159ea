"""What the reading of one column comes to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parsed:
    """SQL over one column: its value (null where a cell is bad), and [condition, reason] for each way to be bad."""

    value: str
    problems: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
