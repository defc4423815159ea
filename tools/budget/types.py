"""What the budget tool returns: the `allocation` part of a campaign."""

from typing import Literal

from pydantic import Field

from tools.vocabulary import Channel, Model

SolveStatus = Literal["optimal", "feasible", "infeasible", "not_solved"]
"""`optimal`: proven; `feasible`: the gap says how far it may be from optimal."""


class Constraint(Model):
    name: str
    limit: float
    used: float
    shadow_price: float
    """What one more unit of the limit would bring, in minor units of incremental margin; 0 where it does not bind."""


class AllocationCell(Model):
    segment_id: str
    channel: Channel
    offer_id: str
    customers: int = Field(ge=0)
    cost_minor: int = Field(ge=0)
    incremental_margin_minor: int


class BudgetPoint(Model):
    budget_minor: int
    spend_minor: int
    incremental_margin_minor: float
    shadow_price: float


class Certificate(Model):
    """Recomputed by code that shares nothing with the solver."""

    spend_minor: int
    budget_minor: int
    violations: tuple[str, ...]
    objective: float
    bound: float
    gap: float
    method: str


class AllocationPart(Model):
    status: SolveStatus
    solver: str
    objective: float
    """Incremental margin in minor units, after sending and discount costs, against contacting nobody."""
    bound: float
    """A proven upper bound of the objective."""
    gap: float = Field(ge=0)
    """(bound - objective) / max(1, |bound|)."""
    spend_minor: int = Field(ge=0)
    budget_minor: int = Field(ge=0)
    shadow_price: float
    """Incremental margin that the next minor unit of budget would bring (the next dollar, in dollars)."""
    constraints: tuple[Constraint, ...]
    cells: tuple[AllocationCell, ...]
    budget_curve: tuple[BudgetPoint, ...]
    certificate: Certificate
    explanation: tuple[str, ...]
    """Plain sentences: what binds, what is left unspent and why, the smallest change that frees it."""
