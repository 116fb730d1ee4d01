"""Create task runs: load the context, decide on the first state, commit."""

from datetime import UTC, datetime
from typing import NamedTuple

from runledger import ids
from runledger.domain.errors import Conflict
from runledger.domain.orchestration.task_run_policies import MINIMAL, policy_for
from runledger.domain.orchestration.transitions import Transition, decide
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import merge_labels
from runledger.service.retries import retry_on_conflict
from runledger.store.runs.transitions import TransitionStore
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
        decision = decide(
            policy,
            Transition(run, state, context.facts(now, ids.state_id(now), ids.random_fraction())),
        )
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
