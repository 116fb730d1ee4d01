"""Polls of work pools: the runs that wait in them, and the slots that are held."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.work_pools.polling import HeldSlot, ScheduledRun
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.schema import keys, sort_keys
from runledger.store.store import Store
from runledger.store.work_pools import pool_items
from runledger.store.work_pools.pool_items import SeenPool

# Items of the first page: the last polls, the pool, and more runs than a worker takes at a time.
PAGE = 250


class Polled(NamedTuple):
    """A pool, and the runs that wait in it in the order of time, which are read when needed."""

    seen: SeenPool
    scheduled: Iterator[ScheduledRun]


class PollStore(NamedTuple):
    """Reads for polls."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def poll(self, pool: str, until: datetime | None, since: datetime | None) -> Polled | None:
        """Return a pool and the runs that are scheduled up to a time, by one query."""
        where = in_partition(keys.work_pool(pool).pk, keys.pool_and_scheduled(until))
        found = self.table.query(Query(where, page=PAGE))
        first = list(islice(found, 2))
        polled = first.pop(0) if first and first[0]["sk"] == keys.POLLED else None
        if not first or first[0]["sk"] != keys.POOL:
            return None
        seen = pool_items.read_pool(first[0], polled)
        entries = (
            ScheduledRun(UUID(item["run"]), UUID(item["queue"]), item.get("time", ""))
            for item in chain(first[1:], found)
        )
        earliest = sort_keys.instant(since) if since else ""
        return Polled(seen, (entry for entry in entries if entry.time >= earliest))

    def held_slots(self, pool: str, queue: UUID | None = None) -> list[HeldSlot]:
        """Return the runs that hold a slot of a pool, or of one of its queues, by their ids."""
        partition = keys.work_slots(pool)
        within = keys.slots_of_queue(queue) if queue else None
        found = self.table.query(Query(in_partition(partition, within)))
        return [
            HeldSlot(UUID(item["run"]), UUID(item["queue"]), bool(item.get("cancelling")))
            for item in found
        ]
