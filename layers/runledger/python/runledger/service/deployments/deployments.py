"""Use cases of deployments: save, read, update, start and delete them."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.deployments.deployments import FLOW_LABEL, Deployment
from runledger.domain.deployments.hydration import hydrated
from runledger.domain.deployments.schedules import ScheduleRequest
from runledger.domain.errors import Conflict, Mismatch, NotFound
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State
from runledger.domain.values import merge_labels
from runledger.domain.work_pools.pools import AGENT_POOL
from runledger.execution_limits import limited
from runledger.service.blocks import existence
from runledger.service.deployments import deployment_limits, schedules
from runledger.service.documents import variables
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import flow_runs
from runledger.service.work_pools import links, pools
from runledger.service.work_pools.job_variables import JobVariableChecks
from runledger.store.concurrency.limit_changes import LimitChange
from runledger.store.deployments.deployment_items import SeenDeployment
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.flows import FlowStore
from runledger.store.deployments.schedulings import SchedulingChange
from runledger.store.store import Store

NOT_FOUND = "Deployment not found"
NOT_FOUND_TO_CHANGE = "Deployment not found."

# Fields that can't be None, and fields that refer to documents of blocks.
REQUIRED = frozenset({"parameters", "enforce_parameter_schema"})
BLOCKS = frozenset({"storage_document_id", "infrastructure_document_id"})


class Saved(NamedTuple):
    """A deployment after a change, whether this call created it, and whether its runs change."""

    deployment: Deployment
    new: bool
    rescheduled: bool


def save(
    store: Store,
    deployment: Deployment,
    requests: Sequence[ScheduleRequest],
    *,
    sent: AbstractSet[str],
    limits: Mapping[str, Any],
    checks: JobVariableChecks,
) -> Saved:
    """Create a deployment, or replace the `sent` fields of the flow's deployment with its name.

    Raises:
        NotFound: it names an unknown work pool or limit, or a block is missing that is a default
            of the pool's job variables.
        Invalid: its job variables break their schema.
        Mismatch: it names a block document, which Runledger does not have.
        Conflict: the flow is unknown, two schedules share a slug, or the limit's name is taken.
    """
    _check_job_variables(store, deployment, checks)
    _check_blocks(store, deployment)
    # Without names of a pool or a queue, a known deployment stays in its queue.
    linked = links.of_new_deployment(store, deployment)
    fields = (sent - links.FIELDS) | linked.keys()

    def attempt() -> Saved:
        flow = FlowStore.of(store).read(deployment.flow_id)
        if flow is None:
            raise Conflict(f"flow {deployment.flow_id} is unknown")
        seen = DeploymentStore.of(store).read_by_name(flow.id, deployment.name)
        new = deployment.replace(labels=_labels(flow, deployment), **linked)
        known = seen.deployment.replace(**{f: getattr(new, f) for f in fields}) if seen else new
        renewed = schedules.new(requests, known.id, now=deployment.updated)
        saved = known.replace(schedules=renewed)
        saved.check_schedules()
        saved, change = deployment_limits.limited(store, saved, limits, now=deployment.updated)
        _write(store, seen, saved, change, now=deployment.updated)
        rescheduled = bool(saved.schedules or (seen and seen.deployment.schedules))
        return Saved(saved, new=seen is None, rescheduled=rescheduled)

    return retry_on_conflict(attempt)


def _check_job_variables(store: Store, deployment: Deployment, checks: JobVariableChecks) -> None:
    name = deployment.work_pool_name
    if name and name != AGENT_POOL:
        template = pools.find(store, name).document.pool.base_job_template
        checks.of_deployment(template, deployment.job_variables)


def _write(
    store: Store,
    seen: SeenDeployment | None,
    saved: Deployment,
    limit: LimitChange,
    *,
    now: datetime,
) -> None:
    if seen:
        scheduled = SchedulingChange(now)
        DeploymentStore.of(store).rewrite(seen, saved, change=scheduled, limit=limit)
    else:
        DeploymentStore.of(store).create(saved, now, limit)
    deployment_limits.remove_slots(store, limit)


def _labels(flow: Flow, deployment: Deployment) -> dict[str, Any]:
    return merge_labels(flow.labels, {FLOW_LABEL: str(flow.id)}, deployment.labels)


def _check_blocks(store: Store, deployment: Deployment) -> None:
    blocks = {
        "infrastructure": deployment.infrastructure_document_id,
        "storage": deployment.storage_document_id,
    }
    for kind, block_id in blocks.items():
        if block_id and not existence.exists(store, block_id):
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
    """Return the deployment of a flow, both by their names.

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
    requests: Sequence[ScheduleRequest] | None,
    *,
    limits: Mapping[str, Any],
    now: datetime,
) -> Deployment:
    """Change a deployment's fields, and its schedules unless `requests` is None.

    Raises:
        NotFound: there is no such deployment, or no such pool or limit.
        Rejected: a parameter can't be hydrated.
        Mismatch: the parameters break the schema.
        Invalid: the schedules do not fit the existing ones, or the schema has circular references
            or takes too long.
        Conflict: a required field is None, a block document is unknown, or the limit's name is
            taken.
    """

    def attempt() -> Deployment:
        seen = _found(DeploymentStore.of(store).read(deployment_id), NOT_FOUND_TO_CHANGE)
        known = variables.values_for(store, changes.get("parameters") or {})
        with limited():
            changed = _changed(seen.deployment, links.without_names(changes), known)
        _check_changed_blocks(store, changes)
        changed, change = deployment_limits.limited(store, changed, limits, now=now)
        if requests is not None:
            known_ones = seen.deployment.schedules
            timings = schedules.updated(known_ones, requests, deployment_id, now=now)
            changed = changed.replace(schedules=timings)
        changed.check_schedules()
        linked = links.changed(store, seen.deployment, changes, now=now)
        changed = changed.replace(**linked, updated=now)
        _write(store, seen, changed, change, now=now)
        return changed

    return retry_on_conflict(attempt)


def _changed(
    deployment: Deployment, changes: Mapping[str, Any], known: Mapping[str, Any]
) -> Deployment:
    if changes.get("parameters") is not None:
        changes = {
            **changes,
            "parameters": hydrated(changes["parameters"], "deployment parameters", known),
        }
    valid = {
        name: value for name, value in changes.items() if value is not None or name not in REQUIRED
    }
    changed = deployment.replace(**valid)
    # An update without a schema is checked by the old one.
    schema = changed.parameter_openapi_schema or deployment.parameter_openapi_schema
    changed.replace(parameter_openapi_schema=schema).check_parameters()
    if valid != changes:
        raise Conflict("it would be without what it needs")
    return changed


def _check_changed_blocks(store: Store, changes: Mapping[str, Any]) -> None:
    for name in BLOCKS & changes.keys():
        if changes[name] and not existence.exists(store, changes[name]):
            raise Conflict(f"block document {changes[name]} is unknown")


def create_flow_run(
    store: Store,
    deployment_id: UUID,
    fields: Mapping[str, Any],
    state: State,
    *,
    enforced: bool | None,
    checks: JobVariableChecks,
    now: datetime,
) -> flow_runs.CreatedFlowRun:
    """Create a run of the deployment, or find the one that has its idempotency key.

    Raises:
        NotFound: there is no such deployment, or a block is missing that is a default of the
            pool's job variables.
        Rejected: a parameter can't be hydrated, or the run names a queue and there is no pool.
        Mismatch: the parameters break the deployment's schema.
        Invalid: the schema has circular references, or takes too long, or the job variables break
            theirs.
        Conflict: the parent task run or the infrastructure document is unknown.
    """
    deployment = read(store, deployment_id)
    return start(store, deployment, fields, state, enforced=enforced, checks=checks, now=now)


def start(
    store: Store,
    deployment: Deployment,
    fields: Mapping[str, Any],
    state: State,
    *,
    enforced: bool | None,
    checks: JobVariableChecks,
    now: datetime,
) -> flow_runs.CreatedFlowRun:
    """Create a run of a deployment that was read, as `create_flow_run` does.

    Raises:
        NotFound, Rejected, Mismatch, Invalid, Conflict: as `create_flow_run` does.
    """
    own = fields["parameters"]
    known = variables.values_for(store, deployment.placeholders_of_run(own))
    with limited():
        parameters = deployment.parameters_of_run(own, known, enforced=enforced)
    queue = links.of_deployment_run(store, deployment, fields["work_queue_name"], now=now)
    if queue:
        template = queue.pool.base_job_template
        checks.of_run(template, deployment.job_variables, fields["job_variables"])
    of_deployment = {
        **deployment.fields_of_runs(),
        "parameters": parameters,
        "tags": tuple(dict.fromkeys((*deployment.tags, *fields["tags"]))),
        **(queue.of_run() if queue else {}),
    }
    return flow_runs.create(
        store, FlowRun.model_construct(**{**fields, **of_deployment}), state, now=now
    )
