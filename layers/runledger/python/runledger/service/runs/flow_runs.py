"""What can be done with flow runs."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger import ids
from runledger.domain.deployments.deployments import FLOW_LABEL
from runledger.domain.errors import Conflict, NotFound, Rejected, UnknownRun
from runledger.domain.orchestration.flow_run_policies import flow_policy_for
from runledger.domain.orchestration.transitions import (
    Decision,
    Facts,
    ForgetInputs,
    Status,
    Transition,
    decide,
)
from runledger.domain.runs.bookkeeping import mirrored, next_moment, record
from runledger.domain.runs.flow_run_inputs import FlowRunInput
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State, StateType
from runledger.domain.values import merge_labels
from runledger.service.retries import retry_on_conflict
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.flows import FlowStore
from runledger.store.runs.flow_runs import FlowRunStore, Parent, StoredFlowRun
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import Store

NOT_FOUND = "Flow run not found"


class CreatedFlowRun(NamedTuple):
    """A flow run as asked for, and whether this call made it."""

    run: FlowRun
    new: bool


def create(store: Store, asked: FlowRun, state: State, *, now: datetime) -> CreatedFlowRun:
    """Create a flow run in its first state, or find the one that has its idempotency key.

    A subflow run's state shows on its parent task run from the start.
    See docs/contract/neighbours.md 4.

    Raises:
        NotFound: it asks for a work pool; there are none here.
        Conflict: the flow, the parent task run or the infrastructure document is unknown.
    """
    if asked.work_pool_name:
        raise NotFound(_unknown_pool(asked.work_pool_name, asked.work_queue_name))
    try:
        return _create(store, asked, state, now=now)
    except Conflict:
        # Once a key has its run, nothing else in a request with that key is looked at.
        first = FlowRunStore.of(store).by_idempotency_key(asked) if asked.idempotency_key else None
        if first is None:
            raise
        return CreatedFlowRun(first, new=False)


def _create(store: Store, asked: FlowRun, state: State, *, now: datetime) -> CreatedFlowRun:
    flow = FlowStore.of(store).read(asked.flow_id)
    if flow is None:
        raise Conflict(f"flow {asked.flow_id} is unknown")
    if asked.infrastructure_document_id:
        raise Conflict(f"infrastructure document {asked.infrastructure_document_id} is unknown")
    run = record(asked.replace(labels=_labels(store, flow, asked)), state, now=now)

    def attempt() -> CreatedFlowRun:
        stored = FlowRunStore.of(store).create(run, _mirror(store, run, now, required=True))
        if stored.id != run.id and not run.idempotency_key:
            # An empty key identifies nothing, and is as unique as any other.
            raise Conflict("another flow run has the empty idempotency key")
        shown = stored.replace(state=stored.state and stored.state.as_stored())
        return CreatedFlowRun(shown, new=stored.id == run.id)

    return retry_on_conflict(attempt)


def _labels(store: Store, flow: Flow, asked: FlowRun) -> dict[str, Any]:
    """Return the labels of a run: those of its deployment, which has the flow's, come first."""
    seen = DeploymentStore.of(store).read(asked.deployment_id) if asked.deployment_id else None
    if seen:
        return seen.deployment.labels_of_runs(asked.labels)
    return merge_labels(flow.labels, {FLOW_LABEL: str(flow.id)}, asked.labels)


def _unknown_pool(pool: str, queue: str | None) -> str:
    return (
        f"Work pool queue '{pool}/{queue}' not found."
        if queue
        else f'Work pool "{pool}" not found.'
    )


def set_state(
    store: Store,
    run_id: UUID,
    state: State,
    *,
    force: bool,
    now: datetime,
    precondition: Callable[[FlowRun], bool] = bool,
    api_version: tuple[int, int, int] | None = None,
) -> Decision[FlowRun]:
    """Propose a state for a flow run, and write what is decided; its parent task run follows.

    Raises:
        UnknownRun: there is no such run.
        Rejected: it is not as it should be.
    """

    def attempt() -> Decision[FlowRun]:
        seen = find(store, run_id)
        if not precondition(seen.run):
            raise Rejected(f"flow run {run_id} is not as it should be")
        return propose(store, seen, state, force=force, now=now, api_version=api_version)

    return retry_on_conflict(attempt)


def find(store: Store, run_id: UUID) -> StoredFlowRun:
    """Return the flow run as it was read, to be changed.

    Raises:
        UnknownRun: there is none.
    """
    seen = FlowRunStore.of(store).read(run_id)
    if seen is None:
        raise UnknownRun(f"Flow run with id {run_id} not found")
    return seen


def propose(
    store: Store,
    seen: StoredFlowRun,
    state: State,
    *,
    force: bool = False,
    now: datetime,
    given: FlowRunInput | None = None,
    api_version: tuple[int, int, int] | None = None,
) -> Decision[FlowRun]:
    """Propose a state for a flow run that was read; an accepted one comes with what is `given`.

    Raises:
        TooLarge: it forgets more inputs than can go at once.
        WriteConflict: the run changed meanwhile.
        Conflict: the run was given something else under that key.
    """
    proposed = state.replace(timestamp=next_moment(seen.run, state.timestamp))
    deployed = force or _may_be_handed_out(store, seen.run, proposed)
    known = Facts(now=now, state_id=ids.state_id(now), deployed=deployed, api_version=api_version)
    decision = decide(flow_policy_for(force=force), Transition(seen.run, proposed, known))
    if decision.written:
        parent = _mirror(store, decision.run, now, required=False)
        kept = given if decision.status == Status.ACCEPT else None
        FlowRunStore.of(store).commit(
            seen, decision.run, parent, new_input=kept, deleted_inputs=_forgotten(decision)
        )
    elif decision.run != seen.run:
        FlowRunStore.of(store).rewrite(seen, decision.run.replace(updated=now))
    return decision


def _forgotten(decision: Decision[FlowRun]) -> tuple[str, ...]:
    """Return the keys of the inputs that go with a decision."""
    return tuple(
        key
        for effect in decision.effects
        if isinstance(effect, ForgetInputs)
        for key in effect.keys
    )


def _may_be_handed_out(store: Store, run: FlowRun, proposed: State) -> bool:
    if run.deployment_id is None or proposed.type != StateType.PENDING:
        return True
    return DeploymentStore.of(store).read(run.deployment_id) is not None


def _mirror(store: Store, run: FlowRun, now: datetime, *, required: bool) -> Parent | None:
    """Return the parent task run in the state of its subflow run, to be written with it."""
    if run.parent_task_run_id is None or run.state is None:
        return None
    seen = TaskRunStore.of(store).read(run.parent_task_run_id)
    if seen is None and required:
        raise Conflict(f"task run {run.parent_task_run_id} is unknown")
    if seen is None:
        return None
    state = mirrored(run, run.state, onto=seen.run).replace(id=ids.state_id(now))
    return Parent(seen, record(seen.run, state, now=now))


def update(store: Store, run_id: UUID, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Change fields of a flow run that its states do not decide.

    Raises:
        NotFound: there is no such run.
        Rejected: job variables of a run that no longer waits, or has no deployment.
    """

    def attempt() -> None:
        seen = FlowRunStore.of(store).read(run_id)
        if seen is None:
            raise NotFound(NOT_FOUND)
        if changes.get("job_variables") is not None:
            _check_job_variables(store, seen.run)
        FlowRunStore.of(store).rewrite(seen, seen.run.replace(**changes, updated=now))

    retry_on_conflict(attempt)


def relabel(store: Store, run_id: UUID, labels: Mapping[str, Any], *, now: datetime) -> None:
    """Give a flow run labels, beside those that it has.

    Raises:
        UnknownRun: there is no such run.
    """

    def attempt() -> None:
        seen = find(store, run_id)
        merged = merge_labels(seen.run.labels, labels)
        FlowRunStore.of(store).rewrite(seen, seen.run.replace(labels=merged, updated=now))

    retry_on_conflict(attempt)


def _check_job_variables(store: Store, run: FlowRun) -> None:
    if run.state_type != StateType.SCHEDULED:
        raise Rejected(f"Job variables for a flow run in state {run.state_type} cannot be updated")
    if run.deployment_id is None or DeploymentStore.of(store).read(run.deployment_id) is None:
        raise Rejected("A deployment for the flow run could not be found")


def read(store: Store, run_id: UUID) -> FlowRun:
    """Return the flow run.

    Raises:
        NotFound: there is none.
    """
    stored = FlowRunStore.of(store).read(run_id)
    if stored is None:
        raise NotFound(NOT_FOUND)
    return stored.run
