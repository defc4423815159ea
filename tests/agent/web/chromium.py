"""A real server and a real Chromium, and the few gestures that the page's tests are made of."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
BRIEF = "Win back customers who haven't bought anything for 30 days. $500, email and SMS, Dec 1–14, at most 15% off."
PLANNED = 120_000
"""Milliseconds that a plan may take on a loaded machine."""
UP_SECONDS = 120


def executable() -> str | None:
    """Debian's Chromium, or the one that playwright downloaded; null where there is neither."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(home: Path, port: int) -> Iterator[str]:
    """`briefsmith serve` on `home` with one worker, until the block ends."""
    command = [str(Path(sys.executable).with_name("briefsmith")), "serve", "--port", str(port)]
    environment = {**os.environ, "BRIEFSMITH_HOME": str(home), "BRIEFSMITH_WORKERS": "1"}
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(url)
            yield url
        finally:
            process.terminate()


def _wait(url: str) -> None:
    until = time.monotonic() + UP_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/v1/health/live"):
                return
        except urllib.error.URLError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} did not come up")


def say(page: Any, text: str) -> None:
    page.fill("#text", text)
    page.click("#say button")


def settled(page: Any, version: int) -> None:
    """The page shows this version, whole, and nothing is going on. (A function, not a string: no eval by policy.)"""
    page.wait_for_function(
        "version => document.querySelector('#version').textContent.endsWith(' ' + version)"
        " && document.querySelector('#panel h1')"
        " && document.querySelector('#side').getAttribute('aria-busy') === 'false'",
        arg=version,
        timeout=PLANNED,
    )


def log_says(page: Any, words: str) -> None:
    page.wait_for_function(
        "words => document.querySelector('#log').textContent.includes(words)", arg=words, timeout=PLANNED
    )


def keep(page: Any, name: str, **options: Any) -> None:
    """Screenshots for the docs, where asked for by BRIEFSMITH_SCREENSHOTS=DIR."""
    if folder := os.environ.get("BRIEFSMITH_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", **options)


def grave(page: Any) -> list[str]:
    """What axe finds that is serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in ("serious", "critical")
    ]
