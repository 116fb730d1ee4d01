"""Deployments whose queue was deleted or renamed."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import partial
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.service.retries import retry_on_conflict
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.store import Store
from runledger.store.work_pools.pool_items import SeenPool

Change = Callable[[Deployment], Deployment]


def unlink_deployments(store: Store, seen: SeenPool, queues: AbstractSet[UUID]) -> None:
    """Take deployments out of queues that are deleted; they keep the name of a queue."""
    default = seen.document.pool.default_queue_id

    def unlinked(deployment: Deployment) -> Deployment:
        name = None if deployment.work_queue_id == default else deployment.work_queue_name
        return deployment.replace(work_queue_id=None, work_pool_name=None, work_queue_name=name)

    _change_each(store, seen, queues, unlinked)


def rename_queue(store: Store, seen: SeenPool, queue: UUID, name: str) -> None:
    """Let the deployments of a queue show its new name."""
    _change_each(store, seen, {queue}, lambda one: one.replace(work_queue_name=name))


def _change_each(store: Store, seen: SeenPool, queues: AbstractSet[UUID], change: Change) -> None:
    for deployment_id in DeploymentStore.of(store).of_queues(seen.name, queues):
        retry_on_conflict(partial(_change, store, deployment_id, queues, change))


def _change(store: Store, deployment_id: UUID, queues: AbstractSet[UUID], change: Change) -> None:
    seen = DeploymentStore.of(store).read(deployment_id)
    if seen and seen.deployment.work_queue_id in queues:
        # Its coming runs stay as they are.
        DeploymentStore.of(store).rewrite(seen, change(seen.deployment), change=None)
