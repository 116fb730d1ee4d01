"""Create task runs and set their states: load the inputs, decide, commit, retry on conflict."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from runledger import ids
from runledger.domain.errors import Conflict, Rejected, UnknownRun
from runledger.domain.orchestration.decisions import Decision, decide
from runledger.domain.orchestration.task_run_policies import MINIMAL, policy_for
from runledger.domain.orchestration.transitions import Facts, Transition
from runledger.domain.runs.bookkeeping import next_moment
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import merge_labels
from runledger.service.concurrency import slots
from runledger.service.retries import retry_on_conflict
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.transition_context import TransitionContext
from runledger.store.runs.transitions import NOTHING, Proposal, TransitionStore
from runledger.store.store import Store

FLOW_RUN_LABEL = "prefect.flow-run.id"


class CreatedTaskRun(NamedTuple):
    """A task run that has the key asked for, and whether this call made it."""

    run: TaskRun
    new: bool


def create(store: Store, asked: TaskRun, state: State, *, now: datetime) -> CreatedTaskRun:
    """Create a task run in its first state, or find the one that has its key.

    Raises:
        Conflict: the flow run is unknown, or the id belongs to a run with another key.
    """
    policy = policy_for(state, force=True)

    def attempt() -> CreatedTaskRun:
        transitions = TransitionStore.of(store)
        context = transitions.context_of_new(asked, state, alone=policy == MINIMAL, now=now)
        run = asked.replace(labels=_labels(asked, context.flow_run))
        decision = decide(policy, Transition(run, state, facts(context, now)))
        stored = transitions.create(decision, context, now=now)
        # Its first state tells our own run from another's also if a write was done but not told.
        return CreatedTaskRun(_as_answered(stored), new=stored.state_id == decision.run.state_id)

    return retry_on_conflict(attempt)


def _as_answered(run: TaskRun) -> TaskRun:
    """A new run's times are told as they were sent, but for the expiration inside a flow run."""
    expiration = run.cache_expiration
    if run.flow_run_id and expiration:
        expiration = expiration.astimezone(UTC)
    return run.replace(cache_expiration=expiration, state=run.state and run.state.as_stored())


def _labels(asked: TaskRun, flow_run: FlowRun | None) -> dict[str, object]:
    if asked.flow_run_id is None:
        return merge_labels(asked.labels)
    if flow_run is None:
        raise Conflict(f"flow run {asked.flow_run_id} is unknown")
    own = {FLOW_RUN_LABEL: str(asked.flow_run_id)}
    return merge_labels(flow_run.labels, own, asked.labels)


def set_state(
    store: Store,
    run_id: UUID,
    state: State,
    *,
    force: bool,
    now: datetime,
    precondition: Callable[[TaskRun], bool] = bool,
    seen: Stored | None = None,
) -> Decision[TaskRun]:
    """Propose a state for a task run, and write what is decided.

    A run that was `seen` is read again only if it is no longer as it was, or other things count.

    Raises:
        UnknownRun: there is no such run.
        Rejected: it is not as it should be.
    """
    policy = policy_for(state, force=force)
    alone = policy == MINIMAL
    proposals = iter([Proposal(seen, NOTHING)] if seen and alone else [])

    def attempt() -> Decision[TaskRun]:
        known = next(proposals, None)
        proposal = known or TransitionStore.of(store).proposal(run_id, state, alone=alone, now=now)
        if proposal is None:
            raise UnknownRun(f"Task run with id {run_id} not found")
        run = proposal.seen.run
        if not precondition(run):
            raise Rejected(f"task run {run_id} is not as it should be")
        _make_room(store, proposal.context, now)
        proposed = state.replace(timestamp=next_moment(run, state.timestamp))
        decision = decide(policy, Transition(run, proposed, facts(proposal.context, now)))
        if decision.written:
            TransitionStore.of(store).commit(proposal, decision, now=now)
        return decision

    return retry_on_conflict(attempt)


def _make_room(store: Store, context: TransitionContext, now: datetime) -> None:
    """Take back what clients that are gone hold of limits that stand in the way."""
    full = [seen for seen in context.limits if not seen.limit.as_of(now).has_room(1)]
    slots.make_room(store, full, now)


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
