"""Who is added, left out, or the only ones left: a change of the brief's conditions on customers.

Conditions are joined by *and*. So people are added as an alternative: to the condition of their own kind ("pet owners"
becomes "pet owners or cat owners", who must still not have bought for 60 days), else to the audience as a whole.
"""

from agent.brief.fields import AudienceCondition, BriefFields
from agent.conversation.cutting import Verb
from tools.segments.filter import AllOf, AnyOf, Attribute, Bought, Everyone, Filter

Conditions = tuple[AudienceCondition, ...]


def changed(fields: BriefFields, verb: Verb, new: Conditions) -> dict[str, Conditions]:
    """The fields `audience` and `exclude` that a verb changes, with their new values."""
    if verb == "instead" or (verb == "only" and _everyone(fields.audience)):
        return {"audience": new}
    if verb == "remove":
        return _removed(fields, new)
    if verb == "only":
        return {"audience": _unique((*fields.audience, *new))}
    return {"audience": _added(fields.audience, new)}


def _everyone(conditions: Conditions) -> bool:
    return all(isinstance(c.filter, Everyone) for c in conditions)


def _added(old: Conditions, new: Conditions) -> Conditions:
    if not old or any(isinstance(c.filter, Everyone) for c in new):
        return new
    if _everyone(old):
        return old
    kinds = [_kind(c.filter) for c in old]
    if len(new) == 1 and _kind(new[0].filter) in kinds and _kind(new[0].filter) != "behaviour":
        at = kinds.index(_kind(new[0].filter))
        return (*old[:at], _either(old[at], new), *old[at + 1 :])
    return (_either(_all(old), new),)


def _all(conditions: Conditions) -> AudienceCondition:
    if len(conditions) == 1:
        return conditions[0]
    text = ", ".join(c.text for c in conditions)
    return AudienceCondition(text=text, filter=AllOf(of=tuple(c.filter for c in conditions)))


def _either(old: AudienceCondition, new: Conditions) -> AudienceCondition:
    parts = (*_parts(old.filter), *_parts(_all(new).filter))
    return AudienceCondition(
        text=f"{old.text}; {_all(new).text}", filter=AnyOf(of=tuple({p.model_dump_json(): p for p in parts}.values()))
    )


def _parts(f: Filter) -> tuple[Filter, ...]:
    return f.of if isinstance(f, AnyOf) else (f,)


def _kind(f: Filter) -> str:
    """goods: whoever bought something; trait: whoever is something; the rest is behaviour."""
    first = _parts(f)[0]
    if isinstance(first, Bought) and not first.scope.is_everything:
        return "goods"
    return "trait" if isinstance(first, Attribute) else "behaviour"


def _removed(fields: BriefFields, new: Conditions) -> dict[str, Conditions]:
    """Whoever was named in the audience is named there no more; anybody else is left out."""
    gone = {c.filter.model_dump_json() for c in new}
    kept: list[AudienceCondition] = []
    for condition in fields.audience:
        left = tuple(p for p in _parts(condition.filter) if p.model_dump_json() not in gone)
        if len(left) == len(_parts(condition.filter)):
            kept.append(condition)
        elif left:
            kept.append(condition.model_copy(update={"filter": left[0] if len(left) == 1 else AnyOf(of=left)}))
    if tuple(kept) != fields.audience and kept:
        return {"audience": tuple(kept)}
    return {"exclude": _unique((*fields.exclude, *new))}


def _unique(conditions: Conditions) -> Conditions:
    return tuple({c.filter.model_dump_json(): c for c in conditions}.values())
