"""HTTP as a connector needs it: a request that may be repeated, is repeated until the target answers it.

Repeated after a connection that broke, a timeout, 429 and 5xx, waiting as long as `Retry-After` says (RFC 9110
§10.2.3), else exponentially. The caller makes sure that what is repeated does no harm when the first try went through.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from tools.failure import ToolFailure

if TYPE_CHECKING:
    import httpx
    import tenacity

TRIES = 8
FIRST_WAIT_S = 0.4
LONGEST_WAIT_S = 60.0
_AGAIN = (429, 500, 502, 503, 504)


class _Again(Exception):
    """The target did not do it, or nobody knows."""

    def __init__(self, why: str, after: float | None) -> None:
        super().__init__(why)
        self.after = after


@dataclass
class Requests:
    """Requests to one target, with what they cost.

    Args:
        client: with the base URL, the credentials and a timeout.
        sleep: called with seconds; a test passes its own.
    """

    client: httpx.Client
    sleep: Callable[[float], None] = time.sleep
    made: int = 0
    retried: int = 0

    def __call__(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """The target's answer, whatever it is but 401, 403, 429 and 5xx.

        Raises:
            ToolFailure: `connector_refused` for wrong credentials; `connector_unreachable` after `TRIES` tries.
        """
        import tenacity

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(TRIES),
            wait=_wait,
            retry=tenacity.retry_if_exception_type(_Again),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            response = retrying(self._once, method, path, arguments)
        except _Again as error:
            raise ToolFailure(
                "connector_unreachable",
                f"{method} {path} went wrong {TRIES} times, at last with: {error}. What was taken stays; run it again.",
            ) from error
        if response.status_code in (401, 403):
            raise ToolFailure("connector_refused", f"the target refuses these credentials ({response.status_code})")
        return response

    def once(self, method: str, path: str, **arguments: Any) -> httpx.Response | None:
        """One try of what must not be repeated blindly; null where nobody knows whether it was done."""
        try:
            return self._once(method, path, arguments)
        except _Again as error:
            self.sleep(FIRST_WAIT_S if error.after is None else error.after)
            return None

    def _once(self, method: str, path: str, arguments: dict[str, Any]) -> httpx.Response:
        import httpx

        self.made += 1
        try:
            response = self.client.request(method, path, **arguments)
        except httpx.TransportError as error:
            self.retried += 1
            raise _Again(f"{type(error).__name__}: {error}", None) from error
        if response.status_code in _AGAIN:
            self.retried += 1
            raise _Again(f"status {response.status_code}", retry_after(response.headers.get("retry-after")))
        return response


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _Again) and error.after is not None:
        return error.after
    return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (state.attempt_number - 1)))


def retry_after(header: str | None) -> float | None:
    """Seconds of a `Retry-After` header, a number or a date; null where there is none that makes sense."""
    if header is None:
        return None
    if header.strip().isdigit():
        return min(LONGEST_WAIT_S, float(header))
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return min(LONGEST_WAIT_S, max(0.0, (at - datetime.now(UTC)).total_seconds())) if at.tzinfo else None
