"""A brief cut into numbered pieces, and what a model says of each: which field it states. Numbers come back, no words.

The model is asked in quarantine: it sees the masked pieces and no tool, and its answer is a list of piece and field. A
brief that orders it about can make it name the wrong pieces; it cannot make it say anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.brief.page import Page, Span
from agent.pointing.masking import masked
from prompts.load import prompt
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.schemas import MOST_PIECES, read_pointing
from tools.llm.types import Ask

FIELDS = {
    "goal": "goal", "kpi": "kpi", "audience": "audience", "exclude": "exclude", "products": "products",
    "budget": "budget", "window": "start", "channels": "channels", "discount": "max_discount_pct", "tone": "tone",
    "copy_language": "copy_language", "holdout": "holdout_pct", "frequency_cap": "frequency_cap",
}  # fmt: skip
"""The model's word → the field under whose heading the words are read."""
MAX_TOKENS = 1200


@dataclass(frozen=True)
class Pointed:
    """Characters of the brief that state `field`, as the model says. Neighbouring pieces are one."""

    field: str
    where: Span


def pieces_of(page: Page, away: Iterable[Span] = ()) -> tuple[Span, ...]:
    """The clauses of a page, without those that touch `away` (what is planted, or about other campaigns)."""
    hidden = tuple(away)
    kept = (one for one in page.clauses if not any(one.touches(other) for other in hidden))
    return tuple(kept)[:MOST_PIECES]


def asked(
    name: str, page: Page, pieces: Sequence[Span], client: LlmClient, account: Account, max_tokens: int
) -> tuple[tuple[int, str], ...]:
    """Ask the model with prompt and schema `name`, in quarantine: (piece number, word) pairs; none if it was cut off.

    Raises:
        ToolFailure: `llm_…`; the rules' reading then stands alone.
    """
    told = prompt(name)
    words = told.render(pieces=[[n, masked(page.said(where))] for n, where in enumerate(pieces, 1)])
    ask = Ask(
        messages=({"role": "user", "content": words},),
        prompt_id=told.id,
        prompt_sha=told.sha,
        schema=name,
        max_tokens=max_tokens,
    )
    answer = client.run(account, lambda session: session.ask(ask))
    return read_pointing(name, answer.choices[0].text) if answer.choices[0].whole else ()


def point(page: Page, pieces: Sequence[Span], client: LlmClient, account: Account) -> tuple[Pointed, ...]:
    """Ask the model which pieces state which field.

    Raises:
        ToolFailure: as `asked`.
    """
    return joined(asked("brief_pieces", page, pieces, client, account, MAX_TOKENS), pieces)


def joined(named: Iterable[tuple[int, str]], pieces: Sequence[Span]) -> tuple[Pointed, ...]:
    """Piece numbers as spans: neighbours of one field made one, numbers that there are not left out."""
    by_field: dict[str, list[int]] = {}
    for number, field in named:
        if field in FIELDS and 1 <= number <= len(pieces):
            by_field.setdefault(FIELDS[field], []).append(number)
    found: list[Pointed] = []
    for field, numbers in by_field.items():
        for start, last in _runs(sorted(set(numbers))):
            found.append(Pointed(field, Span(pieces[start - 1].start, pieces[last - 1].end)))
    return tuple(found)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring numbers, by their first and last."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
