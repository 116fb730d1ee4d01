"""Use cases of flow runs: create, read and update them, and set their states."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger import ids
from runledger.domain.deployments.deployments import FLOW_LABEL
from runledger.domain.errors import Conflict, Rejected, UnknownRun
from runledger.domain.orchestration.clients import ClientVersions
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
from runledger.domain.runs.states import State
from runledger.domain.values import merge_labels
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import deployment_slots
from runledger.service.runs.deployment_slots import SeenSlots
from runledger.service.work_pools import links
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.flows import FlowStore
from runledger.store.runs.flow_runs import FlowRunStore, Parent, StoredFlowRun
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import Store

NOT_FOUND = "Flow run not found"
UNKNOWN_CLIENT = ClientVersions()


class CreatedFlowRun(NamedTuple):
    """A flow run, and whether this call created it."""

    run: FlowRun
    new: bool


def create(store: Store, run: FlowRun, state: State, *, now: datetime) -> CreatedFlowRun:
    """Create a flow run in its first state, or find the one that has its idempotency key.

    A subflow run's state shows on its parent task run from the start.
    See docs/contract/neighbours.md 4.

    Raises:
        NotFound: it names an unknown work pool or queue.
        Conflict: the flow, the parent task run or the infrastructure document is unknown.
    """
    if run.work_pool_name and run.work_queue_id is None:
        link = links.find(store, run.work_pool_name, run.work_queue_name)
        run = run.replace(**link.of_run())
    try:
        return _create(store, run, state, now=now)
    except Conflict:
        # If the idempotency key has a run, no other field of the request is checked.
        first = FlowRunStore.of(store).by_idempotency_key(run) if run.idempotency_key else None
        if first is None:
            raise
        return CreatedFlowRun(first, new=False)


def _check_infrastructure(store: Store, document_id: UUID | None) -> None:
    if document_id is None:
        return
    from runledger.service.blocks import existence  # noqa: PLC0415 - runs seldom name one

    if not existence.exists(store, document_id):
        raise Conflict(f"infrastructure document {document_id} is unknown")


def _create(store: Store, sent: FlowRun, state: State, *, now: datetime) -> CreatedFlowRun:
    flow = FlowStore.of(store).read(sent.flow_id)
    if flow is None:
        raise Conflict(f"flow {sent.flow_id} is unknown")
    _check_infrastructure(store, sent.infrastructure_document_id)
    run = record(sent.replace(labels=_labels(store, flow, sent)), state, now=now)

    def attempt() -> CreatedFlowRun:
        stored = FlowRunStore.of(store).create(run, _mirror(store, run, now, required=True))
        if stored.id != run.id and not run.idempotency_key:
            # The empty key is unique as any other, but finds no run.
            raise Conflict("another flow run has the empty idempotency key")
        created = stored.replace(state=stored.state and stored.state.as_stored())
        return CreatedFlowRun(created, new=stored.id == run.id)

    return retry_on_conflict(attempt)


def _labels(store: Store, flow: Flow, run: FlowRun) -> dict[str, Any]:
    """Return a run's labels: first its deployment's, which include the flow's, or the flow's."""
    seen = DeploymentStore.of(store).read(run.deployment_id) if run.deployment_id else None
    if seen:
        return seen.deployment.labels_of_runs(run.labels)
    return merge_labels(flow.labels, {FLOW_LABEL: str(flow.id)}, run.labels)


def set_state(
    store: Store,
    run_id: UUID,
    state: State,
    *,
    force: bool,
    now: datetime,
    precondition: Callable[[FlowRun], bool] = bool,
    client: ClientVersions = UNKNOWN_CLIENT,
    late: bool = False,
) -> Decision[FlowRun]:
    """Propose a state for a flow run, and write the decision, also to its parent task run.

    With `late`, time alone marks it late: a client that proposes the name has another policy.

    Raises:
        UnknownRun: there is no such run.
        Rejected: the run does not meet the precondition.
        Conflict: its data describe no artifact.
    """

    def attempt() -> Decision[FlowRun]:
        seen = find(store, run_id)
        if not precondition(seen.run):
            raise Rejected(f"flow run {run_id} is not as it should be")
        return propose(store, seen, state, force=force, now=now, client=client, late=late)

    return retry_on_conflict(attempt)


def find(store: Store, run_id: UUID) -> StoredFlowRun:
    """Return the flow run as it was read, for a later write.

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
    new_input: FlowRunInput | None = None,
    client: ClientVersions = UNKNOWN_CLIENT,
    late: bool = False,
) -> Decision[FlowRun]:
    """Propose a state for a flow run that was read; `new_input` is stored if it is accepted.

    Raises:
        TooLarge: the state deletes more inputs than a transaction can hold.
        WriteConflict: the run changed meanwhile.
        Conflict: the run has an input with the new one's key.
    """
    proposed = state.replace(timestamp=next_moment(seen.run, state.timestamp))
    slots = (
        deployment_slots.read_if_cancelled(store, seen.run, now=now)
        if late
        else deployment_slots.read(store, seen.run, proposed, force=force, now=now)
    )
    facts = _facts(slots, client, now)
    policy = flow_policy_for(force=force, late=late)
    decision = decide(policy, Transition(seen.run, proposed, facts))
    if decision.written:
        parent = _mirror(store, decision.run, now, required=False)
        FlowRunStore.of(store).commit(
            seen,
            decision.run,
            parent,
            new_input=new_input if decision.status == Status.ACCEPT else None,
            deleted_inputs=_deleted_inputs(decision),
            leases=deployment_slots.changes(slots, decision, now=now),
        )
    elif decision.run != seen.run:
        FlowRunStore.of(store).rewrite(seen, decision.run.replace(updated=now))
    return decision


def _facts(slots: SeenSlots, client: ClientVersions, now: datetime) -> Facts:
    return Facts(
        now=now,
        state_id=ids.state_id(now),
        deployed=slots.deployed,
        api_version=client.api,
        prefect_version=client.prefect,
        deployment_limit=slots.rules,
        holds_slot=slots.lease is not None,
        lease_id=ids.run_id(),
    )


def _deleted_inputs(decision: Decision[FlowRun]) -> tuple[str, ...]:
    """Return the keys of the inputs that a decision deletes."""
    return tuple(
        key
        for effect in decision.effects
        if isinstance(effect, ForgetInputs)
        for key in effect.keys
    )


def _mirror(store: Store, run: FlowRun, now: datetime, *, required: bool) -> Parent | None:
    """Return the parent task run in the state of its subflow run, for the same transaction."""
    if run.parent_task_run_id is None or run.state is None:
        return None
    seen = TaskRunStore.of(store).read(run.parent_task_run_id)
    if seen is None and required:
        raise Conflict(f"task run {run.parent_task_run_id} is unknown")
    if seen is None:
        return None
    state = mirrored(run, run.state.as_stored(), onto=seen.run).replace(id=ids.state_id(now))
    return Parent(seen, record(seen.run, state, now=now))
