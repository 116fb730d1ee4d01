"""Changes of flow runs that do not depend on their states."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from runledger.domain.errors import NotFound, Rejected
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import StateType
from runledger.domain.values import merge_labels
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import flow_runs
from runledger.service.work_pools import links
from runledger.service.work_pools.job_variables import UPDATING_RUN, JobVariableChecks
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.store import Store


def update(
    store: Store,
    run_id: UUID,
    changes: Mapping[str, Any],
    checks: JobVariableChecks,
    *,
    now: datetime,
) -> None:
    """Change fields of a flow run.

    Raises:
        NotFound: there is no such run, or a block is missing that is a default of its pool's job
            variables.
        Rejected: the run gets job variables, and is not SCHEDULED or has no deployment.
        Invalid: the job variables break the schema of its pool.
    """

    def attempt() -> None:
        seen = FlowRunStore.of(store).read(run_id)
        if seen is None:
            raise NotFound(flow_runs.NOT_FOUND)
        if changes.get("job_variables") is not None:
            _check_job_variables(store, seen.run, changes["job_variables"], checks)
        FlowRunStore.of(store).rewrite(seen, seen.run.replace(**changes, updated=now))

    retry_on_conflict(attempt)


def relabel(store: Store, run_id: UUID, labels: Mapping[str, Any], *, now: datetime) -> None:
    """Add labels to a flow run's.

    Raises:
        UnknownRun: there is no such run.
    """

    def attempt() -> None:
        seen = flow_runs.find(store, run_id)
        merged = merge_labels(seen.run.labels, labels)
        FlowRunStore.of(store).rewrite(seen, seen.run.replace(labels=merged, updated=now))

    retry_on_conflict(attempt)


def _check_job_variables(
    store: Store, run: FlowRun, variables: Mapping[str, Any], checks: JobVariableChecks
) -> None:
    if run.state_type != StateType.SCHEDULED:
        raise Rejected(f"Job variables for a flow run in state {run.state_type} cannot be updated")
    seen = DeploymentStore.of(store).read(run.deployment_id) if run.deployment_id else None
    if seen is None:
        raise Rejected("A deployment for the flow run could not be found")
    # By the pool of the deployment, whichever the run is in.
    link = links.of_deployment(store, seen.deployment)
    if link:
        template = link.pool.base_job_template
        checks.of_run(template, seen.deployment.job_variables, variables, doing=UPDATING_RUN)
