"""A child process of `test_interruption`: imports that die by SIGKILL, each one moment later than the one before.

    python -m tests.tools.shop.killed_import OLD NEW HOMES

Import the files of OLD into HOMES/old. Then, for n from 1, copy that home to HOMES/<n>, import NEW into the copy in a
forked process, and kill it just before its n-th change of the home on disk (a file opened for writing, a rename, a
folder made, a removal), until an import comes through alive.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

import babel.numbers
import duckdb
import pyarrow.compute
import pyarrow.csv

from tools.shop.importing import import_shop
from tools.shop.profile import Sender
from tools.shop.sources import find_sources

PRELOADED = (babel.numbers, duckdb, pyarrow.compute, pyarrow.csv)
"""What an import loads when it needs it; loaded here once instead of in every fork."""
CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.utime", "shutil.rmtree"}


def die_before(change: int, home: Path) -> None:
    """From now on count the changes of `home`, and end this process before the given one."""
    seen = 0

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if (writes or event in CHANGES) and str(args[0]).startswith(str(home)):
            seen += 1
            if seen == change:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def import_in_child(folder: Path, home: Path, change: int = 0) -> int:
    """The wait status of a forked import: no thread of DuckDB may exist in the process that forks."""
    child = os.fork()
    if child == 0:
        die_before(change, home)
        import_shop(
            find_sources(folder), home=home, name="Shop", currency="USD", market="US", sender=Sender(brand="Shop")
        )
        os._exit(0)
    return os.waitpid(child, 0)[1]


def main(old: Path, new: Path, homes: Path) -> None:
    if import_in_child(old, homes / "old") != 0:
        sys.exit("the first import failed")
    for change in range(1, 100):
        home = homes / str(change)
        shutil.copytree(homes / "old", home)
        status = import_in_child(new, home, change)
        if status == 0:
            return
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            sys.exit(f"the import that was to die before change {change} ended with {status}")
    sys.exit("no import came through alive")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
