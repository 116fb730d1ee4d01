"""The status of deployments, which follows from the last polls of them and of their queues."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.work_pools import polling
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.store import Store
from runledger.store.work_pools.workers import WorkerStore


def with_polls(store: Store, deployments: Iterable[Deployment], now: datetime) -> list[Deployment]:
    """Return deployments with their last polls: who is polled is ready."""
    found = list(deployments)
    pools = {one.work_pool_name for one in found if one.work_pool_name and one.work_queue_id}
    polls = WorkerStore.of(store).last_polls(pools) if pools else {}
    return [_with_poll(one, polls.get(one.work_queue_id), now) for one in found]


def with_poll(store: Store, deployment: Deployment, now: datetime) -> Deployment:
    """Return a deployment with its last poll."""
    (shown,) = with_polls(store, [deployment], now)
    return shown


def record(store: Store, deployment_ids: Iterable[UUID], now: datetime) -> None:
    """Record that somebody who serves deployments asked for their runs."""
    DeploymentStore.of(store).record_polls(deployment_ids, now, polling.POLL_PRECISION)


def _with_poll(deployment: Deployment, polled: datetime | None, now: datetime) -> Deployment:
    latest = max(filter(None, (polled, deployment.last_polled)), default=None)
    if latest is None:
        return deployment
    is_ready = polling.was_polled(latest, now) or deployment.status == "READY"
    return deployment.replace(last_polled=latest, status="READY" if is_ready else "NOT_READY")
