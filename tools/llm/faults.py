"""What can go wrong with a request, by name, and which of it another try can mend."""

from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError

RETRIED = (408, 409, 425, 429, 500, 502, 503, 504)
"""Never 400: the same request would be as wrong again."""
LONGEST_WAIT = 8.0
"""Seconds; a server that asks for longer is not waited for."""


class Fault(Exception):
    """One try failed. `sick`: the server is at fault; `silent`: its stream stopped; `wait`: the seconds it asks for."""

    def __init__(
        self, code: str, message: str, *, retry: bool, sick: bool = True, silent: bool = False, wait: float = 0.0
    ) -> None:
        super().__init__(message)
        self.code, self.retry, self.sick, self.silent, self.wait = code, retry, sick, silent, wait


def silence() -> Fault:
    return Fault("llm_silent", "The model's stream stopped.", retry=True, silent=True)


def unreadable(why: str) -> Fault:
    return Fault("llm_unreadable", f"The server's stream cannot be read: {why}.", retry=True)


def fault_of(error: APIError) -> Fault:
    """An error of the openai client as a fault of ours; no text of the server's is kept, it may quote the prompt."""
    if isinstance(error, APITimeoutError):
        return silence()
    if isinstance(error, APIConnectionError):
        return Fault("llm_unreachable", "The model's server cannot be reached, or broke off.", retry=True)
    if isinstance(error, APIStatusError):
        status = error.status_code
        wait = _seconds(error.response.headers.get("retry-after", ""))
        return Fault(
            "llm_rejected" if status < 500 and status not in RETRIED else "llm_busy",
            f"The model's server answered {status}.",
            retry=status in RETRIED and wait <= LONGEST_WAIT,
            sick=status >= 500,
            wait=wait,
        )
    return unreadable("an error event")


def _seconds(header: str) -> float:
    try:
        return max(0.0, float(header))
    except ValueError:
        return 0.0
