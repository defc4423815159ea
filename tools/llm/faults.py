"""What can go wrong with a request, by name, whose fault it is, and which of it another try can mend."""

from typing import Literal

from openai import APIConnectionError, APIError, APIStatusError

RETRIED = (408, 409, 425, 429, 500, 502, 503, 504)
"""Never 400: the same request would be as wrong again."""
BUSY = (408, 429, 503)
"""Statuses of a server that has too much to do."""
LONGEST_WAIT = 8.0
"""Seconds; a server that asks for longer is not waited for."""

Blame = Literal["request", "busy", "sick", "silent"]
"""The request itself · a server with too much to do · one that errs · one that brings nothing at all."""


class Fault(Exception):
    """One try failed. `wait`: the seconds that the server asks for; `unwritten`: it said no, and wrote nothing."""

    def __init__(
        self, code: str, message: str, *, retry: bool, blame: Blame, wait: float = 0.0, unwritten: bool = False
    ) -> None:
        super().__init__(message)
        self.code, self.retry, self.blame, self.wait, self.unwritten = code, retry, blame, wait, unwritten


def silence() -> Fault:
    return Fault("llm_silent", "The model's server fell silent.", retry=True, blame="silent")


def late(seconds: float) -> Fault:
    return Fault("llm_deadline", f"The model gave no answer within {seconds:.3g} s.", retry=False, blame="busy")


def endless() -> Fault:
    return Fault("llm_endless", "The model's answer does not end.", retry=False, blame="request")


def unreadable(why: str) -> Fault:
    return Fault("llm_unreadable", f"The server's stream cannot be read: {why}.", retry=True, blame="sick")


def fault_of(error: APIError) -> Fault:
    """An error of the openai client as a fault of ours; no text of the server's is kept, it may quote the prompt."""
    if isinstance(error, APIConnectionError):
        return Fault("llm_unreachable", "The model's server cannot be reached, or broke off.", retry=True, blame="sick")
    if isinstance(error, APIStatusError):
        return _of_status(error.status_code, _seconds(error.response.headers.get("retry-after", "")))
    return unreadable("an error event")


def _of_status(status: int, wait: float) -> Fault:
    blame: Blame = "busy" if status in BUSY else "sick" if status >= 500 else "request"
    return Fault(
        "llm_rejected" if status < 500 and status not in RETRIED else "llm_busy",
        f"The model's server answered {status}.",
        retry=status in RETRIED and wait <= LONGEST_WAIT,
        blame=blame,
        wait=wait,
        unwritten=True,
    )


def _seconds(header: str) -> float:
    try:
        return max(0.0, float(header))
    except ValueError:
        return 0.0
