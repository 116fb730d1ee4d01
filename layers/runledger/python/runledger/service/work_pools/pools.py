"""Use cases of work pools: create, read, change and delete them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from runledger.domain.errors import Conflict, Forbidden, Mismatch, NotFound
from runledger.domain.filters.work_pools import WorkPoolFilter
from runledger.domain.work_pools.pools import (
    PoolWithQueues,
    ShownPool,
    is_reserved,
)
from runledger.domain.work_pools.workers import WorkerStatus
from runledger.parallel import map_in_parallel
from runledger.service.retries import retry_on_conflict
from runledger.service.work_pools import unlinking
from runledger.service.work_pools.job_variables import JobVariableChecks
from runledger.store.store import Store
from runledger.store.work_pools.polls import PollStore
from runledger.store.work_pools.pool_items import PoolEntry, SeenPool
from runledger.store.work_pools.pools import WorkPoolStore

# Fields that can't be None.
REQUIRED = frozenset({"base_job_template", "is_paused", "storage_configuration"})

# What may be changed of a pool whose name is reserved.
CHANGEABLE = frozenset({"concurrency_limit", "is_paused"})


def create(store: Store, document: PoolWithQueues, checks: JobVariableChecks) -> ShownPool:
    """Create a pool with its default queue.

    Raises:
        Forbidden: its name is reserved.
        Invalid: the defaults of its job variables break their schema.
        NotFound: such a default is a block that is missing.
        Mismatch: its name is taken.
    """
    pool = document.pool
    if is_reserved(pool.name):
        raise Forbidden("Work pools starting with 'Prefect' are reserved for internal use.")
    checks.of_pool(pool.base_job_template)
    if not WorkPoolStore.of(store).create(document):
        raise Mismatch("A work pool with this name already exists.")
    slots = None if pool.concurrency_limit is None else 0
    return ShownPool(pool, pool.status(has_worker=False), slots)


def find(store: Store, name: str) -> SeenPool:
    """Return a pool as it was read, for a later write.

    Raises:
        NotFound: there is none.
    """
    return found(WorkPoolStore.of(store).read(name), name)


def found(seen: SeenPool | None, name: str) -> SeenPool:
    """Return the pool that was read.

    Raises:
        NotFound: there was none.
    """
    if seen is None:
        raise NotFound(f'Work pool "{name}" not found.')
    return seen


def read(store: Store, name: str, *, now: datetime) -> ShownPool:
    """Return a pool with its status and its slots.

    Raises:
        NotFound: there is none.
    """
    seen = found(WorkPoolStore.of(store).read_with_workers(name), name)
    return _shown(store, seen, now)


def read_all(
    store: Store, wanted: WorkPoolFilter | None, *, offset: int, limit: int, now: datetime
) -> list[ShownPool]:
    """Return a page of the pools that match, in the order of their names."""
    matching = islice(_matching(store, wanted), offset, offset + limit)
    each = WorkPoolStore.of(store).read_each([entry.name for entry in matching])
    return list(map_in_parallel(lambda seen: _shown(store, seen, now), each))


def count(store: Store, wanted: WorkPoolFilter | None) -> int:
    """Return the number of pools that match."""
    return sum(1 for _ in _matching(store, wanted))


def _matching(store: Store, wanted: WorkPoolFilter | None) -> Iterator[PoolEntry]:
    entries = WorkPoolStore.of(store).entries()
    return (entry for entry in entries if wanted is None or wanted.test(entry))


def _shown(store: Store, seen: SeenPool, now: datetime) -> ShownPool:
    pool = seen.document.pool
    online = (
        worker.work_pool_id == pool.id and worker.status(now) == WorkerStatus.ONLINE
        for worker in seen.workers
    )
    slots = None
    if pool.concurrency_limit is not None:
        slots = active_slots(store, seen.document)
    return ShownPool(pool, pool.status(has_worker=any(online)), slots)


def active_slots(store: Store, document: PoolWithQueues) -> int:
    """Return the number of runs that are PENDING or RUNNING in a pool's queues."""
    queues = {queue.id for queue in document.queues}
    held = PollStore.of(store).held_slots(document.pool.name)
    return sum(1 for slot in held if slot.queue_id in queues and not slot.cancelling)


def update(store: Store, name: str, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Change fields of a pool.

    Raises:
        Forbidden: its name is reserved, and the changes are others than a limit or a pause.
        NotFound: there is none.
        Conflict: a field is None that can't be.
    """
    if is_reserved(name) and not CHANGEABLE.issuperset(changes):
        raise Forbidden(
            "Work pools starting with 'Prefect' are reserved for internal use and can only be"
            " updated to set concurrency limits or pause."
        )

    def attempt() -> None:
        seen = find(store, name)
        if any(changes[field] is None for field in REQUIRED.intersection(changes)):
            raise Conflict("a work pool has these values")
        pool = seen.document.pool.replace(**changes, updated=now)
        WorkPoolStore.of(store).rewrite(seen, seen.document.replace(pool=pool))

    retry_on_conflict(attempt)


def delete(store: Store, name: str) -> None:
    """Remove a pool with its queues and workers; its runs and deployments stay, without a queue.

    Raises:
        Forbidden: its name is reserved.
        NotFound: there is none.
    """
    if is_reserved(name):
        raise Forbidden(
            "Work pools starting with 'Prefect' are reserved for internal use and can not be"
            " deleted."
        )

    def attempt() -> None:
        seen = find(store, name)
        queues = {queue.id for queue in seen.document.queues}
        # Before the deletion, so that one that is cut off can be repeated, and after it: others
        # may have deployed meanwhile.
        unlinking.unlink_deployments(store, seen, queues)
        WorkPoolStore.of(store).delete(seen)
        unlinking.unlink_deployments(store, seen, queues)
        WorkPoolStore.of(store).remove_rest(seen, queues, pool=True)

    retry_on_conflict(attempt)
