"""Work pools in the table."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.errors import WriteConflict
from runledger.domain.work_pools.pools import PoolWithQueues
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version, in_partition
from runledger.store.dynamodb.table import MAX_WRITES, Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store
from runledger.store.work_pools import pool_items
from runledger.store.work_pools.pool_items import PoolEntry, SeenPool

# Pools of a page of the list.
PAGE = 100


class WorkPoolStore(NamedTuple):
    """Work pools with their queues.

    Every writing method raises `WriteConflict` when the pool changed since it was read.
    """

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def read(self, name: str) -> SeenPool | None:
        """Return a pool with the last polls of its queues, without its workers."""
        pool, polled = keys.work_pool(name), keys.polled(name)
        found = self.table.read_many([pool, polled])
        return pool_items.read_pool(found[pool], found.get(polled)) if pool in found else None

    def read_with_workers(self, name: str) -> SeenPool | None:
        """Return a pool with its workers and the last polls of its queues."""
        return next(self.read_each([name]), None)

    def read_each(self, names: Iterable[str]) -> Iterator[SeenPool]:
        """Yield each pool that exists, with its workers and the last polls of its queues."""
        wheres = (in_partition(keys.work_pool(name).pk, keys.workers_and_pool()) for name in names)
        for found in self.table.query_each(map(Query, wheres)):
            if seen := _read_partition(found):
                yield seen

    def name_of_queue(self, queue_id: UUID) -> str | None:
        """Return the name of the pool that a queue is in."""
        pointer = self.table.read(keys.work_queue(queue_id))
        return pointer["pool"] if pointer else None

    def entries(self) -> Iterator[PoolEntry]:
        """Yield all pools in the order of their names."""
        found = self.table.query(Query(in_partition(keys.WORK_POOLS), page=PAGE))
        return map(pool_items.read_listing, found)

    def create(self, document: PoolWithQueues) -> bool:
        """Store a new pool; return whether its name was free."""
        try:
            self.table.write(
                Put(pool_items.pool_item(SeenPool(document)), ABSENT),
                Put(pool_items.listing_item(document)),
                *(_pointer(document, queue.id) for queue in document.queues),
            )
        except ConditionFailed:
            return False
        return True

    def rewrite(self, seen: SeenPool, document: PoolWithQueues) -> None:
        """Replace the pool that was read, and its queues."""
        after = SeenPool(document, seen.version + 1, seen.pieces)
        before = {queue.id for queue in seen.document.queues}
        known = {queue.id for queue in document.queues}
        self._write(
            Put(pool_items.pool_item(after), has_version(seen.version), seen.pieces),
            *(_pointer(document, queue) for queue in known - before),
            *(Delete(keys.work_queue(queue)) for queue in before - known),
        )

    def delete(self, seen: SeenPool) -> None:
        """Remove a pool with its queues; `remove_rest` removes its workers and entries."""
        pool = seen.document.pool
        pointers = [Delete(keys.work_queue(queue.id)) for queue in seen.document.queues]
        room = MAX_WRITES - 2
        self._write(
            Delete(keys.work_pool(seen.name), has_version(seen.version)),
            Delete(keys.work_pool_listing(pool.name, pool.created, pool.id)),
            *pointers[:room],
        )
        self.table.remove_unordered(pointer.key for pointer in pointers[room:])

    def remove_rest(self, seen: SeenPool, queues: AbstractSet[UUID], *, pool: bool = False) -> None:
        """Remove the entries of deleted queues and, if `pool`, the workers of a deleted pool.

        A new pool of the same name may have entries of its own by now.
        """
        self.table.remove_unordered(self._rest(seen, queues, pool=pool))

    def _rest(self, seen: SeenPool, queues: AbstractSet[UUID], *, pool: bool) -> Iterator[Key]:
        wanted, of_pool = set(map(str, queues)), str(seen.document.pool.id)
        for partition in (keys.work_pool(seen.name).pk, keys.work_slots(seen.name)):
            attributes = (*Key._fields, "queue", "pool")
            found = self.table.query(
                Query(in_partition(partition), attributes=attributes, whole=False)
            )
            yield from (
                keys.of(item)
                for item in found
                if item.get("queue") in wanted or (pool and item.get("pool") == of_pool)
            )

    def _write(self, *writes: Write) -> None:
        try:
            self.table.write(*writes)
        except ConditionFailed as failed:
            raise WriteConflict("the work pool changed") from failed


def _pointer(document: PoolWithQueues, queue_id: UUID) -> Put:
    return Put(items.new_item(keys.work_queue(queue_id), pool=document.pool.name))


def _read_partition(found: Iterator[Item]) -> SeenPool | None:
    """Read a pool from the items of its partition: workers, the last polls, and the pool."""
    *others, last = list(found) or [{}]
    if last.get("sk") != keys.POOL:
        return None
    polled = next((item for item in others if item["sk"] == keys.POLLED), None)
    heartbeats = (item for item in others if item["sk"] != keys.POLLED)
    return pool_items.read_pool(last, polled, tuple(map(pool_items.read_worker, heartbeats)))
