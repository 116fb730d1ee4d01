"""What can be done with deployments."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.deployments.deployments import FLOW_LABEL, Deployment, is_waiting
from runledger.domain.deployments.hydration import hydrated
from runledger.domain.deployments.schedules import ScheduleRequest
from runledger.domain.errors import Conflict, Mismatch, NotFound, Rejected, Unavailable
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State
from runledger.domain.values import merge_labels
from runledger.service.deployments import schedules
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import flow_run_deletion, flow_runs
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.deployments.deployment_items import SeenDeployment
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.flows import FlowStore
from runledger.store.dynamodb.table import Deadline
from runledger.store.store import Store

NOT_FOUND = "Deployment not found"
NOT_FOUND_TO_CHANGE = "Deployment not found."

# What a deployment always has, and what nobody has here.
FIRM = frozenset({"parameters", "enforce_parameter_schema"})
BLOCKS = frozenset({"storage_document_id", "infrastructure_document_id"})


class Saved(NamedTuple):
    """A deployment as it is now, and whether this call made it."""

    deployment: Deployment
    new: bool


def save(
    store: Store,
    asked: Deployment,
    wanted: Sequence[ScheduleRequest],
    *,
    sent: AbstractSet[str],
    limit_id: UUID | None,
) -> Saved:
    """Create a deployment, or replace what was sent of the flow's one that has its name.

    Raises:
        NotFound: it asks for a work pool, of which there are none here, or for an unknown limit.
        Mismatch: it asks for a block document; there are none here.
        Conflict: the flow is unknown, or two schedules share a slug.
    """
    _check_pool(asked.work_pool_name)
    _check_limit(store, limit_id)
    _check_blocks(asked)
    now = asked.updated

    def attempt() -> Saved:
        flow = FlowStore.of(store).read(asked.flow_id)
        if flow is None:
            raise Conflict(f"flow {asked.flow_id} is unknown")
        seen = DeploymentStore.of(store).read_by_name(flow.id, asked.name)
        whole = asked.replace(labels=_labels(flow, asked))
        known = (
            seen.deployment.replace(**{name: getattr(whole, name) for name in sent})
            if seen
            else whole
        )
        saved = known.replace(schedules=schedules.new(wanted, known.id, now=now))
        saved.check_schedules()
        if seen:
            DeploymentStore.of(store).rewrite(seen, saved)
        else:
            DeploymentStore.of(store).create(saved)
        return Saved(saved, new=seen is None)

    return retry_on_conflict(attempt)


def _labels(flow: Flow, asked: Deployment) -> dict[str, Any]:
    return merge_labels(flow.labels, {FLOW_LABEL: str(flow.id)}, asked.labels)


def _fields(deployment: Deployment, names: AbstractSet[str]) -> dict[str, Any]:
    return {name: getattr(deployment, name) for name in names}


def _check_pool(name: str | None) -> None:
    if name:
        raise NotFound(f'Work pool "{name}" not found.')


def _check_limit(store: Store, limit_id: UUID | None) -> None:
    if limit_id and ConcurrencyLimitStore.of(store).read(limit_id) is None:
        raise NotFound("Concurrency limit not found")


def _check_blocks(asked: Deployment) -> None:
    blocks = {
        "infrastructure": asked.infrastructure_document_id,
        "storage": asked.storage_document_id,
    }
    for kind, block_id in blocks.items():
        if block_id:
            raise Mismatch(
                f"Error creating deployment. Could not find {kind} block with id: {block_id}. This"
                " usually occurs when applying a deployment specification that was built against a"
                " different Prefect database / workspace."
            )


def read(store: Store, deployment_id: UUID) -> Deployment:
    """Return the deployment.

    Raises:
        NotFound: there is none.
    """
    return _found(DeploymentStore.of(store).read(deployment_id)).deployment


def read_by_name(store: Store, flow_name: str, name: str) -> Deployment:
    """Return the deployment that has the name, of the flow that has the other one.

    Raises:
        NotFound: there is none.
    """
    flow = FlowStore.of(store).read_by_name(flow_name)
    return _found(
        DeploymentStore.of(store).read_by_name(flow.id, name) if flow else None
    ).deployment


def _found(seen: SeenDeployment | None, text: str = NOT_FOUND) -> SeenDeployment:
    if seen is None:
        raise NotFound(text)
    return seen


def update(
    store: Store,
    deployment_id: UUID,
    changes: Mapping[str, Any],
    wanted: Sequence[ScheduleRequest] | None,
    *,
    limit_id: UUID | None,
    now: datetime,
) -> Deployment:
    """Change a deployment's fields; its schedules stay where none are wanted.

    Raises:
        NotFound: there is no such deployment, or it asks for a pool or limit that there is not.
        Rejected: a parameter that stands for a value can't be told.
        Mismatch: the parameters break the schema.
        Invalid: the schedules do not fit those that there are.
        Conflict: a field would be without what it needs.
    """

    def attempt() -> Deployment:
        seen = _found(DeploymentStore.of(store).read(deployment_id), NOT_FOUND_TO_CHANGE)
        changed = _changed(seen.deployment, changes)
        _check_limit(store, limit_id)
        if wanted is not None:
            known = seen.deployment.schedules
            renewed = schedules.updated(known, wanted, deployment_id, now=now)
            changed = changed.replace(schedules=renewed)
        changed.check_schedules()
        DeploymentStore.of(store).rewrite(seen, changed.replace(updated=now))
        return changed

    return retry_on_conflict(attempt)


def _changed(deployment: Deployment, changes: Mapping[str, Any]) -> Deployment:
    _check_pool(changes.get("work_pool_name"))
    if changes.get("parameters") is not None:
        changes = {
            **changes,
            "parameters": hydrated(changes["parameters"], "deployment parameters"),
        }
    kept = {name: value for name, value in changes.items() if value is not None or name not in FIRM}
    changed = deployment.replace(**kept)
    # No schema leaves the known one in force, this once.
    schema = changed.parameter_openapi_schema or deployment.parameter_openapi_schema
    changed.replace(parameter_openapi_schema=schema).check_parameters()
    if kept != changes or any(changes.get(name) for name in BLOCKS):
        raise Conflict("it would be without what it needs, or need what there is not")
    return changed


def create_flow_run(
    store: Store,
    deployment_id: UUID,
    asked: Mapping[str, Any],
    state: State,
    *,
    enforced: bool | None,
    now: datetime,
) -> flow_runs.CreatedFlowRun:
    """Create a run of the deployment, or find the one that has its idempotency key.

    Raises:
        NotFound: there is no such deployment.
        Rejected: a parameter can't be told, or the run asks for a queue of a work pool.
        Mismatch: the parameters break the deployment's schema.
        Conflict: the parent task run or the infrastructure document is unknown.
    """
    deployment = read(store, deployment_id)
    parameters = deployment.parameters_of_run(asked["parameters"], enforced=enforced)
    if asked["work_queue_name"]:
        raise Rejected(
            f"Cannot create flow run in work queue {asked['work_queue_name']} because deployment"
            f" {deployment_id} is not associated with a work pool."
            " Please remove work_pool_name and try again."
        )
    own = {
        "flow_id": deployment.flow_id,
        "deployment_id": deployment.id,
        "deployment_version": deployment.version,
        "parameters": parameters,
        "tags": tuple(dict.fromkeys((*deployment.tags, *asked["tags"]))),
        "work_queue_name": deployment.work_queue_name,
    }
    return flow_runs.create(store, FlowRun.model_construct(**{**asked, **own}), state, now=now)


def delete(store: Store, deployment_id: UUID, deadline: Deadline, *, now: datetime) -> None:
    """Remove a deployment and, until the deadline, its runs that were never begun.

    Raises:
        NotFound: there is none.
    """
    retry_on_conflict(
        lambda: DeploymentStore.of(store).delete(
            _found(DeploymentStore.of(store).read(deployment_id))
        )
    )
    with suppress(Unavailable):
        remove_rest(store.with_deadline(deadline), deployment_id, now=now)


def remove_rest(store: Store, deployment_id: UUID, *, now: datetime) -> None:
    """Remove those runs of a deployment that is gone that were never begun."""
    flow_run_deletion.delete_each(
        store, DeploymentStore.of(store).flow_runs(deployment_id), now=now, precondition=is_waiting
    )


def delete_of_flow(store: Store, flow_id: UUID) -> None:
    """Remove the deployments of a flow whose runs are gone already."""
    for deployment_id in DeploymentStore.of(store).of_flow(flow_id):
        retry_on_conflict(partial(_delete_if_there, store, deployment_id))


def _delete_if_there(store: Store, deployment_id: UUID) -> None:
    seen = DeploymentStore.of(store).read(deployment_id)
    if seen:
        DeploymentStore.of(store).delete(seen)
