"""Use cases of queues by their id alone, and of old clients' queues, which name no pool."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from runledger.domain.errors import Conflict, NotFound
from runledger.domain.filters.work_pools import WorkQueueFilter
from runledger.domain.work_pools.pools import AGENT_POOL, DEFAULT_QUEUE, ShownQueue, WorkQueue
from runledger.service.retries import retry_on_conflict
from runledger.service.work_pools import links, queues
from runledger.store.store import Store
from runledger.store.work_pools.pool_items import SeenPool
from runledger.store.work_pools.pools import WorkPoolStore

NOT_FOUND = "work queue not found"
TAKEN = "A work queue with this name already exists."


def create(store: Store, queue: WorkQueue, priority: int | None, *, now: datetime) -> ShownQueue:
    """Create a queue in the pool of old clients' queues, which may be new, too.

    Raises:
        Mismatch: there is a queue of this name.
    """
    if WorkPoolStore.of(store).read(AGENT_POOL) is None:
        seen = links.ensure_agent_pool(store, now=now)
        if queue.name == DEFAULT_QUEUE:
            return ShownQueue(seen.document.default_queue, seen.document.pool)
    return queues.create(store, AGENT_POOL, queue, priority, taken=TAKEN)


def find(
    store: Store, queue_id: UUID, missing: NotFound | None = None
) -> tuple[SeenPool, WorkQueue]:
    """Return a queue and its pool, as they were read.

    Raises:
        NotFound: there is none.
    """
    name = WorkPoolStore.of(store).name_of_queue(queue_id)
    seen = WorkPoolStore.of(store).read(name) if name else None
    queue = seen.document.queue_by_id(queue_id) if seen else None
    if seen is None or queue is None:
        raise missing or NotFound(NOT_FOUND)
    return seen, queue


def read(store: Store, queue_id: UUID, *, now: datetime) -> ShownQueue:
    """Return a queue.

    Raises:
        NotFound: there is none.
    """
    seen, queue = find(store, queue_id)
    (shown,) = queues.show(store, seen, [queue], now, old=True)
    return shown


def read_by_name(store: Store, name: str, *, now: datetime) -> ShownQueue:
    """Return the queue of old clients that has the name.

    Raises:
        NotFound: there is none.
    """
    seen = WorkPoolStore.of(store).read(AGENT_POOL)
    queue = seen.document.queue(name) if seen else None
    if seen is None or queue is None:
        raise NotFound(NOT_FOUND)
    (shown,) = queues.show(store, seen, [queue], now, old=True)
    return shown


def read_all(
    store: Store, wanted: WorkQueueFilter | None, *, offset: int, limit: int, now: datetime
) -> list[ShownQueue]:
    """Return a page of the queues of all pools that match, in the order of their names."""
    names = [entry.name for entry in WorkPoolStore.of(store).entries()]
    found = [
        (seen, queue)
        for seen in WorkPoolStore.of(store).read_each(names)
        for queue in seen.document.queues
        if wanted is None or wanted.test(queue)
    ]
    found.sort(key=lambda one: (one[1].name.encode(), one[1].created))
    return [
        shown
        for seen, queue in found[offset : offset + limit]
        for shown in queues.show(store, seen, [queue], now, old=True)
    ]


def update(store: Store, queue_id: UUID, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Change fields of a queue; other queues keep their priorities.

    Raises:
        NotFound: there is none.
        Conflict: a field is None that can't be, or the new name is taken.
    """
    missing = NotFound(f"Work Queue {queue_id} not found")

    def attempt() -> None:
        seen, queue = find(store, queue_id, missing)
        queues.change(store, seen, queue, changes, now=now, gives_way=False)

    retry_on_conflict(attempt)


def delete(store: Store, queue_id: UUID, *, now: datetime) -> None:
    """Remove a queue; its runs and deployments stay, without a queue.

    Raises:
        NotFound: there is none.
        Conflict: it is its pool's default queue.
    """

    def attempt() -> None:
        seen, queue = find(store, queue_id)
        if queue.id == seen.document.pool.default_queue_id:
            raise Conflict("a pool has its default queue")
        queues.remove(store, seen, queue, now=now)

    retry_on_conflict(attempt)
