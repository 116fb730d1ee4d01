"""The status of deployments, which follows from the polls of their queues."""

from collections.abc import Iterable
from datetime import datetime

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.work_pools import polling
from runledger.store.store import Store
from runledger.store.work_pools.workers import WorkerStore


def with_polls(store: Store, deployments: Iterable[Deployment], now: datetime) -> list[Deployment]:
    """Return deployments with the last polls of their queues: who is polled is ready."""
    found = list(deployments)
    pools = {one.work_pool_name for one in found if one.work_pool_name and one.work_queue_id}
    if not pools:
        return found
    polls = WorkerStore.of(store).last_polls(pools)
    return [_with_poll(one, polls.get(one.work_queue_id), now) for one in found]


def with_poll(store: Store, deployment: Deployment, now: datetime) -> Deployment:
    """Return a deployment with the last poll of its queue."""
    (shown,) = with_polls(store, [deployment], now)
    return shown


def _with_poll(deployment: Deployment, polled: datetime | None, now: datetime) -> Deployment:
    if polled is None:
        return deployment
    latest = max(polled, deployment.last_polled or polled)
    is_ready = polling.was_polled(latest, now) or deployment.status == "READY"
    return deployment.replace(last_polled=latest, status="READY" if is_ready else "NOT_READY")
