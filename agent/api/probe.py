"""Whether the configured model gives a token, asked now and then however often the health is asked for."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.settings import Settings

KEPT_SECONDS = 15.0
"""Anybody may ask for the health: the model is asked no oftener than this."""


class ModelProbe:
    """One question at a time; who asks meanwhile waits for its answer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._until, self._said = 0.0, ""

    def said(self) -> str:
        """`ok`, or what is wrong. A server whose engine is dead says that it is healthy, so a token is asked for."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._said = self._ask()
                self._until = time.monotonic() + KEPT_SECONDS
            return self._said

    def _ask(self) -> str:
        from agent.model import config_of
        from tools.llm.doctor import PROBE_SECONDS, probe

        try:
            config = config_of(self._settings)
        except ToolFailure as failure:
            return failure.code
        if config is None:
            return "no_model"
        return "does not answer" if probe(config, min(PROBE_SECONDS, config.call_seconds)) else "ok"
