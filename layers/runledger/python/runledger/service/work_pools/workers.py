"""Use cases of workers: their heartbeats, the list of them, and their end."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.domain.filters.work_pools import WorkerFilter
from runledger.domain.work_pools.workers import PoolWorker, ShownWorker
from runledger.service.retries import retry_on_conflict
from runledger.service.work_pools import pools
from runledger.store.store import Store
from runledger.store.work_pools.pools import WorkPoolStore
from runledger.store.work_pools.workers import WorkerStore


def heartbeat(store: Store, pool_name: str, made: Callable[[UUID], PoolWorker]) -> None:
    """Record that a worker is alive: `made` makes it of the id of its pool. It may be a new one.

    Raises:
        NotFound: there is no such pool.
    """

    def attempt() -> None:
        pool = pools.find(store, pool_name)
        WorkerStore.of(store).record_heartbeat(pool, made(pool.document.pool.id))

    retry_on_conflict(attempt)


def read_all(
    store: Store,
    pool_name: str,
    wanted: WorkerFilter | None,
    *,
    offset: int,
    limit: int,
    now: datetime,
) -> list[ShownWorker]:
    """Return a page of a pool's workers that match, the last one heard of first.

    Raises:
        NotFound: there is no such pool.
    """
    seen = pools.found(WorkPoolStore.of(store).read_with_workers(pool_name), pool_name)
    pool_id = seen.document.pool.id
    workers = (
        ShownWorker(one, one.status(now)) for one in seen.workers if one.work_pool_id == pool_id
    )
    matching = [one for one in workers if wanted is None or wanted.test(one)]
    matching.sort(key=lambda one: one.last_heartbeat_time, reverse=True)
    return matching[offset : offset + limit]


def delete(store: Store, pool_name: str, name: str) -> None:
    """Forget a worker.

    Raises:
        NotFound: there is no such pool or worker.
    """
    pool = pools.find(store, pool_name).document.pool
    if not WorkerStore.of(store).delete(pool_name, pool.id, name):
        raise NotFound("Worker not found.")
