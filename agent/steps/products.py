"""What to show whom: products from the catalogue, ranked for each segment."""

from collections.abc import Iterable

from agent.workspace import Workspace
from tools.failure import ToolFailure
from tools.segments.filter import AllOf, AnyOf, Bought, Filter, Measure, Scope


def choose_products(work: Workspace, per_segment: int) -> dict[str, object]:
    """Candidates from what the audience bought and what the brief names, ranked for each segment."""
    from agent.steps.likely import Likely, Unused, likely_of
    from tools.catalog.rank import choose_products as choose

    if work.audience is None:
        raise ToolFailure("out_of_order", "Products are chosen for segments: look the audience up first.")
    likely = likely_of(work)
    work.products = tuple(
        choose(
            work.deps.store,
            work.deps.index,
            work.audience.members,
            scope=scope_of(work.audience.part.filter),
            focus=tuple(product.text for product in work.brief.fields.products),
            goal=work.terms.goal,
            as_of=work.today,
            currency=work.terms.currency,
            per_segment=per_segment,
            likely=likely if isinstance(likely, Likely) else None,
            note=likely.words if isinstance(likely, Unused) else "",
        )
    )
    return {
        "ranked_by": likely.told if likely else "shares of buyers",
        **({"past": likely.past} if isinstance(likely, Likely) and likely.past else {}),
        "products": {
            choice.segment_id: sum(p.segment_id == choice.segment_id for p in work.products) for choice in work.products
        },
    }


def scope_of(f: Filter) -> Scope:
    """What the audience is said to have bought: the scopes of its positive conditions, joined."""
    scopes = [scope for scope in _scopes(f) if not scope.is_everything]
    return Scope(
        departments=_joined(s.departments for s in scopes),
        categories=_joined(s.categories for s in scopes),
        product_types=_joined(s.product_types for s in scopes),
        brands=_joined(s.brands for s in scopes),
        product_ids=_joined(s.product_ids for s in scopes),
    )


def _scopes(f: Filter) -> list[Scope]:
    if isinstance(f, AllOf | AnyOf):
        return [scope for part in f.of for scope in _scopes(part)]
    if isinstance(f, Bought | Measure):
        return [f.scope]
    return []


def _joined(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in lists for value in values))
