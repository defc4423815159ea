"""What an import answers with, and how it says where it is."""

from collections.abc import Callable

from tools.vocabulary import Model

Progress = Callable[[str, int, "int | None"], None]
"""Called with a label, the steps done and the steps in all (None: not known)."""


def silent(label: str, done: int, total: int | None) -> None:
    """A progress callback that shows nothing."""


class ImportReport(Model):
    """What was stored, what was set aside, and what the person should know about it."""

    name: str
    version: str
    """The version folder's name: a hash of everything in it."""
    changed: bool
    """False: the same input was imported before, and nothing was written."""
    folder: str
    rows: dict[str, int]
    """Table → rows stored."""
    quarantined: dict[str, int]
    """Table → rows set aside, each with its reason in `quarantine[table]`."""
    quarantine: dict[str, str]
    """Table → path of the CSV file with those rows."""
    reasons: dict[str, dict[str, int]]
    """Table → reason in words → rows."""
    notes: tuple[str, ...]
