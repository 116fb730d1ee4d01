"""The queue to which the runs of a deployment go, or a run of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from runledger import ids
from runledger.domain.deployments.deployments import Deployment
from runledger.domain.errors import Rejected
from runledger.domain.work_pools.creation import new_agent_pool
from runledger.domain.work_pools.pools import AGENT_POOL, DEFAULT_QUEUE, WorkPool, WorkQueue
from runledger.service.retries import retry_on_conflict
from runledger.service.work_pools import pools, queues
from runledger.store.store import Store
from runledger.store.work_pools.pool_items import SeenPool
from runledger.store.work_pools.pools import WorkPoolStore

# The fields of a deployment that its queue gives it.
FIELDS = frozenset({"work_pool_name", "work_queue_id", "work_queue_name"})


class QueueLink(NamedTuple):
    """A queue and its pool."""

    pool: WorkPool
    queue: WorkQueue

    def of_deployment(self) -> dict[str, object]:
        """Return the fields of a deployment in this queue."""
        return {
            "work_pool_name": self.pool.name,
            "work_queue_id": self.queue.id,
            "work_queue_name": self.queue.name,
        }

    def of_run(self) -> dict[str, object]:
        """Return the fields of a run in this queue."""
        return self.of_deployment() | {"work_pool_id": self.pool.id}


def resolve(
    store: Store, pool_name: str | None, queue_name: str | None, *, now: datetime
) -> QueueLink | None:
    """Return the queue that a deployment names, and make it if there is none of its name.

    A pool alone means its default queue; a queue alone is one of old clients' pool.

    Raises:
        NotFound: there is no such pool.
    """
    if pool_name and queue_name:
        return ensure(store, pool_name, queue_name, now=now)
    if queue_name:
        ensure_agent_pool(store, now=now)
        return ensure(store, AGENT_POOL, queue_name, now=now, priority=1)
    if pool_name:
        document = pools.find(store, pool_name).document
        return QueueLink(document.pool, document.default_queue)
    return None


def of_new_deployment(store: Store, deployment: Deployment) -> dict[str, Any]:
    """Return the fields of a deployment in the queue that it names; none if it names none.

    Raises:
        NotFound: there is no such pool.
    """
    pool, queue = deployment.work_pool_name, deployment.work_queue_name
    link = resolve(store, pool, queue, now=deployment.updated)
    return link.of_deployment() if link else {}


def without_names(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes of a deployment without those of its queue."""
    return {name: value for name, value in changes.items() if name not in FIELDS}


def changed(
    store: Store, known: Deployment, changes: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    """Return the changes of a deployment's queue; a pool of None takes it out of its queue.

    Raises:
        NotFound: there is no such pool.
    """
    pool, queue = changes.get("work_pool_name"), changes.get("work_queue_name")
    own = {"work_queue_name": queue} if "work_queue_name" in changes else {}
    if "work_pool_name" in changes and pool is None:
        # The default queue of a pool is nothing that a deployment names.
        name = None if known.work_queue_name == DEFAULT_QUEUE else known.work_queue_name
        return {"work_pool_name": None, "work_queue_id": None, "work_queue_name": name, **own}
    link = resolve(store, pool, queue, now=now)
    if link:
        return link.of_deployment()
    return own if known.work_queue_id is None else {}


def of_deployment_run(
    store: Store, deployment: Deployment, queue_name: str | None, *, now: datetime
) -> QueueLink | None:
    """Return the queue of a deployment's run: that of the deployment, or another of its pool.

    Raises:
        Rejected: the run names a queue, and the deployment has no pool.
    """
    pool_name = deployment.work_pool_name
    if pool_name is None and queue_name:
        action = f"Cannot create flow run in work queue {queue_name} because deployment"
        reason = "is not associated with a work pool."
        advice = "Please remove work_pool_name and try again."
        # The cause is what a request for many runs is told.
        short = Rejected(f"{action} {reason}")
        raise Rejected(f"{action} {deployment.id} {reason} {advice}") from short
    if pool_name and queue_name:
        return ensure(store, pool_name, queue_name, now=now)
    return of_deployment(store, deployment)


def of_deployment(store: Store, deployment: Deployment) -> QueueLink | None:
    """Return the queue of a deployment, if it is in one that still exists."""
    pool_name, queue_id = deployment.work_pool_name, deployment.work_queue_id
    seen = WorkPoolStore.of(store).read(pool_name) if pool_name else None
    queue = seen.document.queue_by_id(queue_id) if seen and queue_id else None
    return QueueLink(seen.document.pool, queue) if seen and queue else None


def find(store: Store, pool_name: str, queue_name: str | None) -> QueueLink:
    """Return the queue that a run names, by default that of its pool.

    Raises:
        NotFound: there is no such pool or queue.
    """
    if queue_name is None:
        document = pools.find(store, pool_name).document
        return QueueLink(document.pool, document.default_queue)
    seen, queue = queues.find_in_pool(store, pool_name, queue_name)
    return QueueLink(seen.document.pool, queue)


def ensure(
    store: Store, pool_name: str, queue_name: str, *, now: datetime, priority: int | None = None
) -> QueueLink:
    """Return the pool's queue of the name; make it if there is none.

    Raises:
        NotFound: there is no such pool.
    """

    def attempt() -> QueueLink:
        seen = pools.find(store, pool_name)
        queue = seen.document.queue(queue_name)
        if queue is None:
            new = WorkQueue(id=ids.run_id(), created=now, updated=now, name=queue_name, priority=1)
            queue = queues.add(store, seen, new, priority).queue
        return QueueLink(seen.document.pool, queue)

    return retry_on_conflict(attempt)


def ensure_agent_pool(store: Store, *, now: datetime) -> SeenPool:
    """Return the pool of old clients' queues; make it if there is none."""
    seen = WorkPoolStore.of(store).read(AGENT_POOL)
    if seen is None:
        new = new_agent_pool(ids.run_id(), ids.run_id(), now)
        WorkPoolStore.of(store).create(new)
    return seen or pools.find(store, AGENT_POOL)
