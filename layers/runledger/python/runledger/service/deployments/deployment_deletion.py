"""Deletes deployments: first the deployment, then its runs that never started.

What a request has no time for, the table's stream removes: see `service.stream.cascade_deletes`.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

from runledger.domain.deployments.deployments import is_waiting
from runledger.domain.errors import NotFound, Unavailable
from runledger.service import bulk
from runledger.service.deployments import deployment_limits
from runledger.service.deployments.deployments import NOT_FOUND
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import flow_run_deletion
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.schedulings import SchedulingStore
from runledger.store.dynamodb.calls import Deadline
from runledger.store.store import Store


def delete(store: Store, deployment_id: UUID, deadline: Deadline, *, now: datetime) -> None:
    """Remove a deployment and, until the deadline, its runs that never started.

    Raises:
        NotFound: there is none.
    """
    if not _delete_alone(store, deployment_id):
        raise NotFound(NOT_FOUND)
    with suppress(Unavailable):
        remove_rest(store.with_deadline(deadline), deployment_id, now=now)


def delete_all(
    store: Store, ids: Sequence[UUID], deadline: Deadline, *, now: datetime
) -> list[UUID]:
    """Remove deployments as `delete` does, and return those that existed."""
    return bulk.delete_each(
        store, ids, deadline, delete=_delete_alone, remove_rest=partial(remove_rest, now=now)
    )


def remove_rest(store: Store, deployment_id: UUID, *, now: datetime) -> None:
    """Remove the runs of a deleted deployment that never started."""
    flow_run_deletion.delete_each(
        store, DeploymentStore.of(store).flow_runs(deployment_id), now=now, precondition=is_waiting
    )
    SchedulingStore.of(store).remove_rest(deployment_id)


def delete_of_flow(store: Store, flow_id: UUID, *, now: datetime) -> None:
    """Remove the deployments of a flow; its runs must be deleted first.

    Until a deployment is removed, its schedules may create further runs. As on the reference, the
    limits stay.
    """
    for deployment_id in DeploymentStore.of(store).of_flow(flow_id):
        _delete_alone(store, deployment_id, with_limit=False)
        remove_rest(store, deployment_id, now=now)


def _delete_alone(store: Store, deployment_id: UUID, *, with_limit: bool = True) -> bool:
    """Remove a deployment by itself and its limit, also a shared one; return whether it existed."""

    def attempt() -> bool:
        seen = DeploymentStore.of(store).read(deployment_id)
        if seen is None:
            return False
        limit = deployment_limits.limit_of(store, seen.deployment) if with_limit else None
        _, change = deployment_limits.without_limit(seen.deployment, limit)
        DeploymentStore.of(store).delete(seen, change)
        deployment_limits.remove_slots(store, change)
        return True

    return retry_on_conflict(attempt)
