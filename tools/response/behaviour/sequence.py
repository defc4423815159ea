"""A GRU over a customer's last weeks: the same question as the trees', asked of the days themselves.

Step s of `WEEKS` is a week counted back from the origin, the oldest first: whether the customer bought on each of its
seven days, the week's spend and order lines (log). After the last step the state meets lead, window and tenure:

    h = GRU(x₁ … x_S)        p = logit⁻¹(W₂ · dropout(relu(W₁ [h, lead/14, window/28, log tenure])))

AdamW on the log loss, one-cycle learning rate, early stopping on the validation rows; weights kept as safetensors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.response.behaviour.purchases import Purchases, Rows

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]

WEEKS = 20
STEP = 9
HIDDEN = 32
DROPOUT = 0.2
BATCH = 512
EPOCHS = 12
PATIENCE = 2
RATE = 4e-3
WORST = 1e9


@dataclass(frozen=True)
class Sequences:
    """`steps` (m, WEEKS, STEP), `asked` (m, 3)."""

    steps: Singles
    asked: Singles


def sequences(purchases: Purchases, rows: Rows) -> Sequences:
    """The inputs of each row; nothing of a row's origin or later is read."""
    steps = np.zeros((len(rows), WEEKS, STEP), dtype=np.float32)
    asked = np.zeros((len(rows), 3), dtype=np.float32)
    size = len(purchases.customers)
    for origin in np.unique(rows.origin):
        chosen = np.flatnonzero(rows.origin == origin)
        past = purchases.before(int(origin))
        age = int(origin) - past.day - 1
        recent = age < WEEKS * 7
        week, weekday, who = WEEKS - 1 - age[recent] // 7, age[recent] % 7, past.who[recent]
        table = np.zeros((size, WEEKS, STEP), dtype=np.float32)
        table[who, week, weekday] = 1
        for column, values in ((7, past.spend), (8, past.lines)):
            np.add.at(table[:, :, column], (who, week), values[recent].astype(np.float32))
        table[:, :, 7:] = np.log1p(np.maximum(table[:, :, 7:], 0))
        table[:, :, 7] /= 5
        steps[chosen] = table[rows.customer[chosen]]
        known = np.diff(past.begin) > 0
        first = np.where(known, past.day[np.minimum(past.begin[:-1], max(0, len(past.day) - 1))], origin)
        asked[chosen, 2] = np.log1p(origin - first[rows.customer[chosen]]) / 5
    asked[:, 0], asked[:, 1] = rows.lead / 14, rows.window / 28
    return Sequences(steps, asked)


def build() -> torch.nn.Module:
    """The untrained network: (steps, asked) → logits (m,)."""
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gru = nn.GRU(STEP, HIDDEN, batch_first=True)
            self.head = nn.Sequential(
                nn.Linear(HIDDEN + 3, HIDDEN), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, 1)
            )

        def forward(self, steps: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
            _, state = self.gru(steps)
            logits: torch.Tensor = self.head(torch.cat([state[-1], asked], dim=1)).squeeze(1)
            return logits

    return Network()


def fit(
    train: Sequences,
    bought: NDArray[np.bool_],
    valid: tuple[Sequences, NDArray[np.bool_]] | None,
    *,
    seed: int,
    epochs: int = EPOCHS,
    progress: Callable[[int, int], None],
) -> tuple[torch.nn.Module, int]:
    """The network of the epoch with the least validation loss, and that epoch's number.

    Without validation rows it is that of the last of `epochs`. One thread: so small a network is slower with more.
    """
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    network = build()
    x, asked, y = (torch.from_numpy(a) for a in (train.steps, train.asked, bought.astype(np.float32)))
    batches = -(-len(y) // BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=RATE, total_steps=epochs * batches)
    loss = torch.nn.BCEWithLogitsLoss()
    best, kept, best_epoch = WORST, network.state_dict(), epochs
    for epoch in range(1, epochs + 1):
        network.train()
        order = torch.randperm(len(y))
        for batch in torch.split(order, BATCH):
            optimiser.zero_grad()
            loss(network(x[batch], asked[batch]), y[batch]).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        progress(epoch, epochs)
        if valid is None:
            continue
        found = log_loss(valid[1], predict(network, valid[0]))
        if found < best:
            best, best_epoch = found, epoch
            kept = {name: value.clone() for name, value in network.state_dict().items()}
        elif epoch - best_epoch >= PATIENCE:
            break
    if valid is not None:
        network.load_state_dict(kept)
    return network, best_epoch


def predict(network: torch.nn.Module, given: Sequences) -> Floats:
    """Chances, shape (m,)."""
    import torch

    network.eval()
    parts = []
    with torch.inference_mode():
        for begin in range(0, len(given.steps), 8192):
            cut = slice(begin, begin + 8192)
            logits = network(torch.from_numpy(given.steps[cut]), torch.from_numpy(given.asked[cut]))
            parts.append(torch.sigmoid(logits).double().numpy())
    found: Floats = np.concatenate(parts) if parts else np.zeros(0)
    return found


def log_loss(y: NDArray[np.bool_], p: Floats) -> float:
    """Mean of −log of the chance given to what happened."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-np.where(y, np.log(p), np.log(1 - p)).mean())
