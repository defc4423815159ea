"""Who is meant: the brief's conditions, resolved against the shop, counted down the funnel, split into segments."""

from agent.workspace import Workspace
from tools.segments.filter import Filter
from tools.segments.rfm import SplitBy


def look_up_audience(work: Workspace, max_segments: int, split_by: SplitBy | None = None) -> dict[str, object]:
    """Resolve the conditions, count the funnel, split into segments and take the holdout out."""
    from tools.segments.audience import AudienceRequest, build_audience

    terms, fields = work.terms, work.brief.fields
    include: tuple[Filter, ...] = tuple(condition.filter for condition in fields.audience)
    work.audience = build_audience(
        AudienceRequest(
            include=include,
            exclude=tuple(condition.filter for condition in fields.exclude),
            channels=terms.channels,
            as_of=work.today,
            window=terms.window,
            frequency_cap_contacts=terms.frequency_cap,
            holdout_fraction=terms.holdout_fraction,
            salt=work.salt,
            max_segments=max_segments,
            split_by=split_by,
        ),
        work.deps.store,
        work.deps.terms(work.today),
    )
    part = work.audience.part
    return {
        "size": part.size,
        "funnel": {step.step: step.customers for step in part.funnel},
        "segments": {segment.segment_id: segment.size for segment in part.segments},
    }
