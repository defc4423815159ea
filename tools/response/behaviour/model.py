"""A trained model of behaviour: the chance that a customer buys in a window, from the shop's past as of a day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tools.failure import ToolFailure
from tools.response.behaviour.features import NAMES, features
from tools.response.behaviour.lifetime import lifetime_chances
from tools.response.behaviour.purchases import Purchases, Rows
from tools.response.behaviour.sequence import build, predict, sequences
from tools.response.behaviour.split import LEAD, WINDOW
from tools.response.behaviour.trees import tree_values
from tools.response.calibration import Calibration
from tools.response.logistic import schema_sha
from tools.vocabulary import Model

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from numpy.typing import NDArray

    from tools.response.shelf import Stored

    Floats = NDArray[np.float64]

Algorithm = Literal["trees", "sequence", "lifetime"]
WORDS: dict[Algorithm, str] = {
    "trees": "gradient boosting on recency, frequency and money (LightGBM)",
    "sequence": "a GRU over the last weeks (PyTorch)",
    "lifetime": "BG/NBD",
}
SCHEMA = schema_sha(NAMES)
PARAMETERS, TREES, WEIGHTS = "model.json", "trees.txt", "weights.safetensors"


class Parameters(Model):
    """`model.json`."""

    algorithm: Algorithm
    calibration: Calibration
    lifetime: tuple[float, float, float, float] | None = None
    spread: float
    """Standard deviation, between test days and tenths of the customers, of the share that bought about the mean
    chance, beyond what chance explains: how far a group's mean may be off."""


@dataclass(frozen=True)
class BehaviourModel:
    parameters: Parameters
    trees: str = ""
    network: torch.nn.Module | None = None

    def chances(self, purchases: Purchases, rows: Rows) -> Floats:
        """The calibrated chance of each row, shape (m,)."""
        return self.parameters.calibration.apply(self.raw(purchases, rows))

    def raw(self, purchases: Purchases, rows: Rows) -> Floats:
        """The chance as the algorithm gives it, before calibration."""
        if self.parameters.algorithm == "trees":
            return tree_values(self.trees, features(purchases, rows))
        if self.parameters.algorithm == "sequence" and self.network is not None:
            return predict(self.network, sequences(purchases, rows))
        if self.parameters.lifetime is None:
            raise ToolFailure("damaged_model", "the model has no parameters; run `briefsmith train` again")
        return lifetime_chances(purchases, rows, self.parameters.lifetime)

    def files(self) -> dict[str, bytes]:
        """What is kept of it."""
        made = {PARAMETERS: self.parameters.model_dump_json(indent=2).encode()}
        if self.trees:
            made[TREES] = self.trees.encode()
        if self.network is not None:
            from safetensors.torch import save

            made[WEIGHTS] = save(self.network.state_dict())
        return made

    @classmethod
    def load(cls, stored: Stored) -> BehaviourModel:
        """From its files.

        Raises:
            ToolFailure: `damaged_model`.
        """
        try:
            parameters = Parameters.model_validate(json.loads(stored.read(PARAMETERS)))
        except ValueError as error:
            message = f"{stored.folder / PARAMETERS} is damaged; run `briefsmith train` again"
            raise ToolFailure("damaged_model", message, file=PARAMETERS) from error
        if parameters.algorithm == "trees":
            return cls(parameters, trees=stored.read(TREES).decode())
        if parameters.algorithm == "sequence":
            from safetensors.torch import load

            network = build()
            network.load_state_dict(load(stored.read(WEIGHTS)))
            return cls(parameters, network=network)
        return cls(parameters)


def answerable(lead: int, window: int) -> None:
    """Whether a model may be asked about such a window.

    Raises:
        ToolFailure: `window_out_of_range`.
    """
    if not (LEAD[0] <= lead <= LEAD[1] and WINDOW[0] <= window <= WINDOW[1]):
        message = (
            f"the model was trained for windows of {WINDOW[0]} to {WINDOW[1]} days that begin within {LEAD[1]} days, "
            f"not for {window} days that begin in {lead}"
        )
        raise ToolFailure("window_out_of_range", message, lead=lead, window=window)


def chances_of(
    model: BehaviourModel, purchases: Purchases, *, origin: int, lead: int, window: int
) -> Mapping[str, float]:
    """customer_id → chance, for everybody who had bought before `origin`."""
    answerable(lead, window)
    known = np.flatnonzero(np.diff(purchases.before(origin).begin) > 0)
    n = len(known)
    rows = Rows(known, np.full(n, origin), np.full(n, lead), np.full(n, window))
    found = model.chances(purchases, rows)
    return dict(zip(purchases.customers[known].tolist(), found.tolist(), strict=True))
