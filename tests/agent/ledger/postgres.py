"""A PostgreSQL of the test run's own: made anew, on a socket in its own folder, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIANS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
FOLDERS = (*os.environ.get("PATH", "").split(os.pathsep), *map(str, DEBIANS))


def binary(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join(FOLDERS))


def why_not() -> str | None:
    """Why there can be none here, or null."""
    if binary("initdb") is None or binary("postgres") is None:
        return "PostgreSQL's initdb and postgres are not installed"
    return None


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running server with an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="bs-pg-", dir="/tmp"))
    data = folder / "data"
    try:
        user = _hand_over(folder)
        options = ["-A", "trust", "-U", "ledger", "--no-sync", "-E", "UTF8", "--no-locale", "-D", str(data)]
        subprocess.run([str(binary("initdb")), *options], check=True, capture_output=True, user=user)
        flags = ["-F", "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
        process = subprocess.Popen(
            [str(binary("postgres")), "-D", str(data), *flags],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
        )
        try:
            _wait(folder)
            yield f"postgresql://ledger@/postgres?host={folder}"
        finally:
            process.terminate()
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hand_over(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_uid


def _wait(folder: Path) -> None:
    import psycopg
    from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

    @retry(retry=retry_if_exception_type(psycopg.OperationalError), stop=stop_after_delay(30), wait=wait_fixed(0.05))
    def connect() -> None:
        psycopg.connect(f"host={folder} user=ledger dbname=postgres").close()

    connect()
