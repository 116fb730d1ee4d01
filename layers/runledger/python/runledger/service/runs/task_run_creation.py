"""Creates task runs: load the context, decide on the first state, commit."""

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
from runledger.store.flow_run_additions import writes_beside_new
from runledger.store.runs.transitions import TransitionStore
from runledger.store.store import Store

FLOW_RUN_LABEL = "prefect.flow-run.id"


class CreatedTaskRun(NamedTuple):
    """A task run, and whether this call created it."""

    run: TaskRun
    new: bool


def create(store: Store, sent: TaskRun, state: State, *, now: datetime) -> CreatedTaskRun:
    """Create a task run in its first state, or find the one that has its key.

    Raises:
        Conflict: the flow run is unknown, or the id belongs to a run with another key.
    """
    policy = policy_for(state, force=True)

    def attempt() -> CreatedTaskRun:
        transitions = TransitionStore.of(store)
        context = transitions.context_of_new(sent, state, alone=policy == MINIMAL, now=now)
        run = sent.replace(labels=_labels(sent, context.flow_run))
        decision = decide(
            policy,
            Transition(run, state, context.facts(now, ids.state_id(now), ids.random_fraction())),
        )
        beside = writes_beside_new(context.flow_run, now)
        stored = transitions.create(decision, context, beside, now=now)
        # The first state's id identifies this call's run, also if a write's response was lost.
        return CreatedTaskRun(_for_response(stored), new=stored.state_id == decision.run.state_id)

    return retry_on_conflict(attempt)


def _for_response(run: TaskRun) -> TaskRun:
    """Return a new run with the times as they were sent, but for the expiration in a flow run."""
    expiration = run.cache_expiration
    if run.flow_run_id and expiration:
        expiration = expiration.astimezone(UTC)
    return run.replace(cache_expiration=expiration, state=run.state and run.state.as_stored())


def _labels(run: TaskRun, flow_run: FlowRun | None) -> dict[str, object]:
    if run.flow_run_id is None:
        return merge_labels(run.labels)
    if flow_run is None:
        raise Conflict(f"flow run {run.flow_run_id} is unknown")
    own = {FLOW_RUN_LABEL: str(run.flow_run_id)}
    return merge_labels(flow_run.labels, own, run.labels)
