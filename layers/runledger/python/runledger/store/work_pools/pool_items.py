"""Work pools and workers as items."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.work_pools.pools import PoolWithQueues
from runledger.domain.work_pools.workers import PoolWorker
from runledger.store import items
from runledger.store.dynamodb.large_documents import PIECES
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys

# Before the id of a queue, in the names of the attributes that have its last poll.
OF_QUEUE = "queue_"


class PoolEntry(NamedTuple):
    """A pool in the list of all."""

    id: UUID
    name: str
    type: str


class SeenPool(NamedTuple):
    """A pool as it was read: the version guards the next write.

    `polls` has the last poll of each queue that was polled. `pieces` names the fields of its
    document that are stored in pieces.
    """

    document: PoolWithQueues
    version: int = 1
    pieces: str | None = None
    polls: Mapping[UUID, datetime] = {}
    workers: tuple[PoolWorker, ...] = ()

    @property
    def name(self) -> str:
        return self.document.pool.name


def pool_item(seen: SeenPool) -> Item:
    """Spell a pool with its queues."""
    document = seen.document
    return items.new_item(
        keys.work_pool(seen.name),
        body=document.model_dump_json(exclude_defaults=True),
        version=seen.version,
    )


def listing_item(document: PoolWithQueues) -> Item:
    """Spell a pool's entry in the list of all."""
    pool = document.pool
    key = keys.work_pool_listing(pool.name, pool.created, pool.id)
    return items.new_item(key, pool=str(pool.id), name=pool.name, type=pool.type)


def read_listing(item: Item) -> PoolEntry:
    """Read an entry of the list."""
    return PoolEntry(UUID(item["pool"]), item["name"], item["type"])


def read_pool(item: Item, polled: Item | None, workers: tuple[PoolWorker, ...] = ()) -> SeenPool:
    """Read a pool from its item and that of the last polls."""
    document = items.read_document(PoolWithQueues, item)
    return SeenPool(
        document, int(item["version"]), item.get(PIECES), read_polls(polled or {}), workers
    )


def poll_attributes(polls: Mapping[UUID, datetime]) -> dict[str, str]:
    """Spell the polls of queues."""
    return {f"{OF_QUEUE}{queue.hex}": time.isoformat() for queue, time in polls.items()}


def read_polls(item: Item) -> dict[UUID, datetime]:
    """Read the last polls of queues."""
    return {
        UUID(name.removeprefix(OF_QUEUE)): datetime.fromisoformat(time)
        for name, time in item.items()
        if name.startswith(OF_QUEUE)
    }


def worker_item(pool: str, worker: PoolWorker) -> Item:
    """Spell a worker."""
    return items.new_item(
        keys.worker(pool, worker.name),
        worker=str(worker.id),
        name=worker.name,
        pool=str(worker.work_pool_id),
        created=worker.created.isoformat(),
        **heartbeat(worker.last_heartbeat_time, worker.heartbeat_interval_seconds),
    )


def heartbeat(time: datetime, interval: int | None) -> dict[str, Any]:
    """Return the attributes that a heartbeat changes."""
    seconds = {} if interval is None else {"interval": interval}
    return {"heartbeat": time.isoformat(), **seconds}


def read_worker(item: Item) -> PoolWorker:
    """Read a worker."""
    created = datetime.fromisoformat(item["created"])
    interval = item.get("interval")
    return PoolWorker.model_construct(
        id=UUID(item["worker"]),
        created=created,
        updated=created,
        name=item["name"],
        work_pool_id=UUID(item["pool"]),
        last_heartbeat_time=datetime.fromisoformat(item["heartbeat"]),
        heartbeat_interval_seconds=None if interval is None else int(interval),
    )
