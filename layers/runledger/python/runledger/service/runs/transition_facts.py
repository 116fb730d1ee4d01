"""The facts of a transition: what the rules decide by."""

from datetime import datetime

from runledger import ids
from runledger.domain.orchestration.transitions import Facts
from runledger.store.runs.transition_context import TransitionContext


def facts(context: TransitionContext, now: datetime) -> Facts:
    """Return the facts that the rules go by."""
    return Facts(
        now=now,
        state_id=ids.state_id(now),
        random_fraction=ids.random_fraction(),
        flow_run=context.flow_run,
        cached=context.cached,
        limits=tuple(seen.limit.as_of(now) for seen in context.limits),
    )
