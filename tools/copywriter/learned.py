"""A response score learned from the shop's own readouts: which of several fit variants people would rather answer to.

Within a cell (campaign × segment × channel × offer) who gets which variant is drawn at random, so the variants'
conversions compare like with like. With x the features of a message (its angle, what it names, its form), n customers
and k conversions, y = log((k + ½) / (n − k + ½)) and w = 1 / (1 / (k + ½) + 1 / (n − k + ½)) (Haldane-Anscombe); x and
y are taken less their weighted mean in the cell, and β is a ridge regression of y on x. It is used only where it is of
use: for each cell the variant that the other cells would have chosen is compared with the cell's mean, and the mean
gain has to be above 0 at one-sided 95 % over cells. Else the rubric stands.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.compliance.text import bare, joined, tokens
from tools.copywriter.pack import slots_in
from tools.copywriter.score import readable
from tools.copywriter.types import CopyItem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_CELLS, LEAST_CUSTOMERS = 20, 200
"""Cells, and customers a variant, with which there is anything to learn."""
RIDGE = 25.0
"""Weight of β's prior at 0, in units of w: a feature has to be seen in some hundred conversions before it counts."""
_Z = 1.645
ANGLES = ("need", "saving", "novelty", "gratitude", "season", "ease")
_NAMED = ("first_name", "product", "category", "brand")


@dataclass(frozen=True)
class Answered:
    """One variant as it was sent: customers who were to get it, and how many of them bought."""

    cell: str
    parts: Mapping[str, str]
    angle: str
    customers: int
    converted: int


@dataclass(frozen=True)
class ResponseScore:
    """`beta` is in log-odds a unit of each of `features`; `gain`, `gain_low` are log-odds a cell, tried on cells that
    it was not learned from."""

    beta: tuple[float, ...]
    cells: int
    customers: int
    gain: float
    gain_low: float

    def of(self, item: CopyItem) -> float:
        """Log-odds of a conversion, up to what its cell makes of it: only differences within a cell say anything."""
        return sum(b * x for b, x in zip(self.beta, features(item.parts, item.angle), strict=True))

    @property
    def rests_on(self) -> str:
        return (
            f"a response score learned from {self.cells} cells of measured campaigns ({self.customers:,} customers, "
            f"variants drawn at random); tried on cells that it had not seen, its choice raised the odds of a "
            f"conversion by {100 * math.expm1(self.gain):.1f} % (at least {100 * math.expm1(self.gain_low):.1f} %, "
            f"one-sided 95 %)"
        )


@dataclass(frozen=True)
class Unlearned:
    """Why the rubric stands."""

    why: str


def features(parts: Mapping[str, str], angle: str) -> tuple[float, ...]:
    """What the score looks at; the order is that of `beta`."""
    text = joined(parts)
    named = slots_in(text)
    words = len([word for word in tokens(bare(text)) if word[0].isalpha()])
    return (
        *(float(angle == one) for one in ANGLES),
        *(float(slot in named) for slot in _NAMED),
        float("?" in text or "？" in text),
        float("!" in text or "！" in text),
        words / 100,
        readable(bare(text)),
    )


def learn(answered: Sequence[Answered]) -> ResponseScore | Unlearned:
    """The score, or why there is none."""
    cells: dict[str, list[Answered]] = {}
    for one in answered:
        if one.customers >= LEAST_CUSTOMERS:
            cells.setdefault(one.cell, []).append(one)
    told = [group for group in cells.values() if len(group) > 1]
    if len(told) < LEAST_CELLS:
        return Unlearned(
            f"{len(told)} cells of measured campaigns had two variants or more with {LEAST_CUSTOMERS} customers each; "
            f"a response score wants {LEAST_CELLS}"
        )
    return _tried([_centred(group) for group in told], sum(one.customers for group in told for one in group))


@dataclass(frozen=True)
class _Cell:
    """`x` (variants × features), `y` (variants), both less their weighted mean; `w` (variants)."""

    x: "NDArray[np.float64]"
    y: "NDArray[np.float64]"
    w: "NDArray[np.float64]"


def _centred(group: Sequence[Answered]) -> _Cell:
    import numpy as np

    k = np.array([one.converted + 0.5 for one in group])
    rest = np.array([one.customers - one.converted + 0.5 for one in group])
    x, y, w = np.array([features(one.parts, one.angle) for one in group]), np.log(k / rest), 1 / (1 / k + 1 / rest)
    return _Cell(x - np.average(x, axis=0, weights=w), y - np.average(y, weights=w), w)


def _tried(cells: Sequence[_Cell], customers: int) -> ResponseScore | Unlearned:
    """Learned from all cells, after each has been tried with what the others teach."""
    import numpy as np

    gram = [(cell.x * cell.w[:, None]).T @ cell.x for cell in cells]
    moment = [(cell.x * cell.w[:, None]).T @ cell.y for cell in cells]
    prior = RIDGE * np.eye(cells[0].x.shape[1])
    whole, sums = np.sum(gram, axis=0), np.sum(moment, axis=0)
    gains = np.array(
        [
            cell.y[int(np.argmax(cell.x @ np.linalg.solve(whole - g + prior, sums - m)))]
            for cell, g, m in zip(cells, gram, moment, strict=True)
        ]
    )
    gain = float(gains.mean())
    low = gain - _Z * float(gains.std(ddof=1)) / len(cells) ** 0.5
    if low <= 0:
        return Unlearned(
            f"what {len(cells)} cells of measured campaigns teach does not help on cells that it has not seen "
            f"(log-odds {gain:+.3f} a cell, at least {low:+.3f})"
        )
    beta = np.linalg.solve(whole + prior, sums)
    return ResponseScore(tuple(float(b) for b in beta), len(cells), customers, gain, low)
