"""New pools and queues."""

from datetime import datetime, timedelta
from uuid import UUID

from runledger.domain.work_pools import priorities
from runledger.domain.work_pools.pools import (
    AGENT_POOL,
    DEFAULT_QUEUE,
    PoolWithQueues,
    WorkPool,
    WorkQueue,
)


def new_pool(pool: WorkPool) -> PoolWithQueues:
    """Return a new pool with its default queue."""
    queue = WorkQueue(
        id=pool.default_queue_id,
        created=pool.created,
        updated=pool.created,
        name=DEFAULT_QUEUE,
        description="The work pool's default queue.",
        priority=1,
    )
    return PoolWithQueues(pool=pool, queues=(queue,))


def new_agent_pool(pool_id: UUID, queue_id: UUID, now: datetime) -> PoolWithQueues:
    """Return the pool of queues that name no pool, made just before the first one of them.

    Clients show queues in the order of their creation.
    """
    before = now - timedelta(milliseconds=1)
    return new_pool(
        WorkPool(
            id=pool_id, created=before, updated=before, name=AGENT_POOL, default_queue_id=queue_id
        )
    )


def with_new_queue(
    document: PoolWithQueues, queue: WorkQueue, priority: int | None
) -> PoolWithQueues:
    """Return a pool with a new queue; without a priority it gets the first that is free."""
    taken = {known.priority for known in document.queues}
    placed = queue.replace(priority=priority or priorities.first_free(taken))
    queues = priorities.rearranged((*document.queues, placed), queue.created, queue.id)
    return document.replace(queues=queues)
