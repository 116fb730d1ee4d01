"""Use cases of the queues of work pools."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from runledger.domain.errors import Conflict, Mismatch, NotFound
from runledger.domain.filters.work_pools import WorkQueueFilter
from runledger.domain.work_pools import creation, polling, priorities
from runledger.domain.work_pools.pools import PoolWithQueues, ShownQueue, WorkQueue
from runledger.service.retries import retry_on_conflict
from runledger.service.work_pools import pools, unlinking
from runledger.store.store import Store
from runledger.store.work_pools.polls import PollStore
from runledger.store.work_pools.pool_items import SeenPool
from runledger.store.work_pools.pools import WorkPoolStore
from runledger.store.work_pools.workers import WorkerStore

# Fields that can't be None.
REQUIRED = frozenset({"name", "description", "priority"})

# The braces are the reference's.
TAKEN = "A work queue with this name already exists in work pool {work_pool_name!r}."


def create(
    store: Store, pool_name: str, queue: WorkQueue, priority: int | None, *, taken: str = TAKEN
) -> ShownQueue:
    """Add a queue to a pool; without a priority it gets the first that is free.

    Raises:
        NotFound: there is no such pool.
        Mismatch: the pool has a queue of this name.
    """

    def attempt() -> ShownQueue:
        seen = pools.find(store, pool_name)
        if seen.document.queue(queue.name):
            raise Mismatch(taken)
        return add(store, seen, queue, priority)

    return retry_on_conflict(attempt)


def add(store: Store, seen: SeenPool, queue: WorkQueue, priority: int | None) -> ShownQueue:
    """Add a queue to a pool that was read.

    Raises:
        WriteConflict: the pool changed meanwhile.
    """
    document = creation.with_new_queue(seen.document, queue, priority)
    WorkPoolStore.of(store).rewrite(seen, document)
    placed = document.queue_by_id(queue.id) or queue
    slots = None if queue.concurrency_limit is None else 0
    return ShownQueue(placed, document.pool, active_slots=slots)


def read(store: Store, pool_name: str, name: str, *, now: datetime) -> ShownQueue:
    """Return a queue of a pool.

    Raises:
        NotFound: there is none.
    """
    seen, queue = find_in_pool(store, pool_name, name)
    (shown,) = show(store, seen, [queue], now)
    return shown


def find_in_pool(store: Store, pool_name: str, name: str) -> tuple[SeenPool, WorkQueue]:
    """Return a pool and its queue that has the name.

    Raises:
        NotFound: there is none; the answer is the same if there is no such pool.
    """
    seen = WorkPoolStore.of(store).read(pool_name)
    if seen is None:
        raise _not_found(pool_name, name)
    return seen, find(seen, name)


def _not_found(pool_name: str, name: str) -> NotFound:
    return NotFound(f"Work pool queue '{pool_name}/{name}' not found.")


def find(seen: SeenPool, name: str) -> WorkQueue:
    """Return the pool's queue that has the name.

    Raises:
        NotFound: there is none.
    """
    queue = seen.document.queue(name)
    if queue is None:
        raise _not_found(seen.name, name)
    return queue


def read_all(
    store: Store,
    pool_name: str,
    wanted: WorkQueueFilter | None,
    *,
    offset: int,
    limit: int,
    now: datetime,
) -> list[ShownQueue]:
    """Return a page of a pool's queues that match, the most urgent first.

    Raises:
        NotFound: there is no such pool.
    """
    seen = pools.find(store, pool_name)
    matching = [queue for queue in seen.document.by_priority if not wanted or wanted.test(queue)]
    return show(store, seen, matching[offset : offset + limit], now)


def show(
    store: Store, seen: SeenPool, queues: Iterable[WorkQueue], now: datetime, *, old: bool = False
) -> list[ShownQueue]:
    """Return queues with their status and their slots; those of `old` clients count CANCELLING."""

    def shown(queue: WorkQueue) -> ShownQueue:
        polled = seen.polls.get(queue.id)
        status = queue.status(was_polled=polling.was_polled(polled, now))
        slots = None
        if queue.concurrency_limit is not None:
            slots = active_slots(store, seen.name, queue.id, old=old)
        return ShownQueue(queue, seen.document.pool, status, polled, slots)

    return [shown(queue) for queue in queues]


def active_slots(store: Store, pool_name: str, queue_id: UUID, *, old: bool = False) -> int:
    """Return the number of runs that hold a slot of a queue."""
    held = PollStore.of(store).held_slots(pool_name, queue_id)
    return sum(1 for slot in held if old or not slot.cancelling)


def update(
    store: Store, pool_name: str, name: str, changes: Mapping[str, Any], *, now: datetime
) -> None:
    """Change fields of a queue; other queues give way to its new priority.

    Raises:
        NotFound: there is none.
        Conflict: a field is None that can't be, or the new name is taken.
    """

    def attempt() -> None:
        seen = pools.find(store, pool_name)
        queue = find(seen, name)
        change(store, seen, queue, changes, now=now)

    retry_on_conflict(attempt)


def change(
    store: Store,
    seen: SeenPool,
    queue: WorkQueue,
    changes: Mapping[str, Any],
    *,
    now: datetime,
    gives_way: bool = True,
) -> None:
    """Change fields of a queue that was read; others give way to its priority if `gives_way`.

    Raises:
        Conflict: a field is None that can't be, or the new name is taken.
        WriteConflict: the pool changed meanwhile.
    """
    fields = {field: value for field, value in changes.items() if field != "last_polled"}
    if any(fields[field] is None for field in REQUIRED.intersection(fields)):
        raise Conflict("a work queue has these values")
    if "is_paused" in fields:
        fields["status_paused"] = fields["is_paused"]
    changed = queue.replace(**fields, updated=now)
    document = _with(seen.document, changed)
    if gives_way and "priority" in fields:
        queues = priorities.rearranged(document.queues, now, queue.id)
        document = document.replace(queues=queues)
    WorkPoolStore.of(store).rewrite(seen, document)
    if changes.get("last_polled"):
        WorkerStore.of(store).record_polls(seen.name, [queue.id], changes["last_polled"])
    if changed.name != queue.name:
        unlinking.rename_queue(store, seen, queue.id, changed.name)


def _with(document: PoolWithQueues, changed: WorkQueue) -> PoolWithQueues:
    """Return a pool with a queue that has changed.

    Raises:
        Conflict: another queue has its name.
    """
    others = [queue for queue in document.queues if queue.id != changed.id]
    if any(queue.name == changed.name for queue in others):
        raise Conflict(f"there is a queue {changed.name}")
    return document.replace(queues=(*others, changed))


def delete(store: Store, pool_name: str, name: str, *, now: datetime) -> None:
    """Remove a queue; its runs and deployments stay, without a queue.

    Raises:
        NotFound: there is none.
        Mismatch: it is the pool's default queue.
    """

    def attempt() -> None:
        seen = pools.find(store, pool_name)
        queue = find(seen, name)
        if queue.id == seen.document.pool.default_queue_id:
            raise Mismatch("Can't delete a pool's default queue.")
        remove(store, seen, queue, now=now)

    retry_on_conflict(attempt)


def remove(store: Store, seen: SeenPool, queue: WorkQueue, *, now: datetime) -> None:
    """Remove a queue from a pool that was read.

    Raises:
        WriteConflict: the pool changed meanwhile.
    """
    unlinking.unlink_deployments(store, seen, {queue.id})
    others = [known for known in seen.document.queues if known.id != queue.id]
    queues = priorities.rearranged(others, now)
    WorkPoolStore.of(store).rewrite(seen, seen.document.replace(queues=queues))
    unlinking.unlink_deployments(store, seen, {queue.id})
    WorkPoolStore.of(store).remove_rest(seen, {queue.id})
