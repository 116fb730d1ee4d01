"""Sets the states of task runs: load the context, decide, commit, retry on conflict."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from runledger import ids
from runledger.domain.errors import Rejected, UnknownRun
from runledger.domain.orchestration.task_run_policies import MINIMAL, policy_for
from runledger.domain.orchestration.transitions import Decision, Transition, decide
from runledger.domain.runs.bookkeeping import next_moment
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from runledger.service.retries import retry_on_conflict
from runledger.store.concurrency.leases import LeaseStore
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.transitions import NOTHING, Proposal, TransitionContext, TransitionStore
from runledger.store.store import Store


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
    """Propose a state for a task run, and write the decision.

    A run that was `seen` is read again only if it changed, or if the policy needs its context.

    Raises:
        UnknownRun: there is no such run.
        Rejected: the run does not meet the precondition.
        Conflict: its data describe no artifact.
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
        facts = proposal.context.facts(now, ids.state_id(now), ids.random_fraction())
        decision = decide(policy, Transition(run, proposed, facts))
        if decision.written:
            TransitionStore.of(store).commit(proposal, decision, now=now)
        return decision

    return retry_on_conflict(attempt)


def _make_room(store: Store, context: TransitionContext, now: datetime) -> None:
    """Release the slots of full limits whose leases have expired."""
    full = [seen for seen in context.limits if not seen.limit.as_of(now).has_room(1)]
    LeaseStore.of(store).make_room(full, now)
