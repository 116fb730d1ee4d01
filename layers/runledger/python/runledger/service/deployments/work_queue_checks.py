"""The check of old clients' queues: which of them take the runs of a deployment."""

from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.work_pools.pools import QueueFilter, ShownQueue
from runledger.service.deployments import deployments
from runledger.store.store import Store
from runledger.store.work_pools.pools import WorkPoolStore


def check(store: Store, deployment_id: UUID) -> list[ShownQueue]:
    """Return the queues with a filter of tags and deployments that the deployment passes.

    Raises:
        NotFound: there is no such deployment.
    """
    deployment = deployments.read(store, deployment_id)
    names = [entry.name for entry in WorkPoolStore.of(store).entries()]
    return [
        ShownQueue(queue, seen.document.pool, last_polled=seen.polls.get(queue.id))
        for seen in WorkPoolStore.of(store).read_each(names)
        for queue in seen.document.queues
        if queue.filter is not None and _passes(deployment, queue.filter)
    ]


def _passes(deployment: Deployment, wanted: QueueFilter) -> bool:
    has_tags = set(wanted.tags or ()).issubset(deployment.tags)
    return has_tags and (not wanted.deployment_ids or deployment.id in wanted.deployment_ids)
