"""Which of several fit variants is the better one: a rubric in the open, until readouts can tell (`learned.py`).

Each term is a fraction, more is better; the score is their weighted sum, 0 to 1. It knows nothing of response: the
weights are judgements, and no readout stands behind them yet.
"""

from collections.abc import Mapping, Sequence

from tools.compliance.language import grade
from tools.compliance.text import bare, has_han, tokens
from tools.copywriter.pack import slots_in

WEIGHTS: Mapping[str, float] = {"shown_whole": 0.3, "personal": 0.2, "readable": 0.2, "distinct": 0.2, "brief": 0.1}
_EASY_GRADE, _HARD_GRADE = 6.0, 12.0


def rubric(parts: Mapping[str, str], over: int, others: Sequence[Mapping[str, str]], most_characters: int) -> float:
    """The score of one variant.

    Args:
        parts: the model's own parts, with slots.
        over: by how much the made message passes soft limits.
        others: the parts of the request's variants that are chosen already.
        most_characters: of the opening, as the prompt asked for it.
    """
    terms = {
        "shown_whole": 1.0 if over == 0 else 0.0,
        "personal": min(1.0, len(_slots(parts) & {"first_name", "product", "category"}) / 2),
        "readable": readable(" ".join(bare(text) for text in parts.values())),
        "distinct": 1 - max((shared(parts, other) for other in others), default=0.0),
        "brief": 1.0 if len(parts.get("opening", "")) <= most_characters else 0.0,
    }
    return sum(WEIGHTS[name] * value for name, value in terms.items())


def shared(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """Jaccard index of the three-word runs (characters in Chinese) of two variants' own words, 0 to 1."""
    first, second = _runs(one), _runs(other)
    return len(first & second) / len(first | second) if first | second else 0.0


def _runs(parts: Mapping[str, str]) -> set[tuple[str, ...]]:
    words: list[str] = []
    for word in tokens("\n".join(bare(text) for text in parts.values())):
        words += list(word) if has_han(word) else [word]
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}


def _slots(parts: Mapping[str, str]) -> set[str]:
    return {slot for text in parts.values() for slot in slots_in(text)}


def readable(text: str) -> float:
    """1 up to grade 6, 0 from grade 12 (Flesch-Kincaid); Chinese has no grade and counts in full."""
    level = None if has_han(text) else grade(text)
    return 1.0 if level is None else min(1.0, max(0.0, (_HARD_GRADE - level) / (_HARD_GRADE - _EASY_GRADE)))
