"""Workers of work pools, and the polls of their queues, in the table."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.errors import WriteConflict
from runledger.domain.work_pools.workers import PoolWorker
from runledger.store.dynamodb.conditions import Attr, Condition
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Add, Delete, Put
from runledger.store.schema import keys
from runledger.store.store import Store
from runledger.store.work_pools import pool_items
from runledger.store.work_pools.pool_items import SeenPool


class WorkerStore(NamedTuple):
    """Workers and what they report."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def record_heartbeat(self, pool: SeenPool, worker: PoolWorker) -> None:
        """Store the heartbeat of a worker; if the pool has none of its name, store all of it.

        Raises:
            WriteConflict: the pool changed, or has a worker of this name by now.
        """
        time, interval = worker.last_heartbeat_time, worker.heartbeat_interval_seconds
        key = keys.worker(pool.name, worker.name)
        is_known = Attr("pool").eq(str(worker.work_pool_id))
        try:
            self.table.write(Add(key, {}, is_known, pool_items.heartbeat(time, interval)))
        except ConditionFailed as failed:
            # A worker of a deleted pool that had this name is replaced.
            ((_, met),) = failed.met
            is_unchanged = Attr("worker").eq(met["worker"]) if met else ABSENT
            self._put(pool, worker, is_unchanged)

    def _put(self, pool: SeenPool, worker: PoolWorker, expect: Condition) -> None:
        put = Put(pool_items.worker_item(pool.name, worker), expect)
        # A pool that is deleted takes the workers with it that are there by then.
        unchanged = Add(keys.work_pool(pool.name), {"version": 0}, has_version(pool.version))
        try:
            self.table.write(put, unchanged)
        except ConditionFailed as failed:
            raise WriteConflict(worker.name) from failed

    def delete(self, pool: str, pool_id: UUID, name: str) -> bool:
        """Remove a worker; return whether there was one."""
        try:
            self.table.write(Delete(keys.worker(pool, name), Attr("pool").eq(str(pool_id))))
        except ConditionFailed:
            return False
        return True

    def last_polls(self, pools: Iterable[str]) -> dict[UUID | None, datetime]:
        """Return the last polls of the queues of some pools."""
        found = self.table.read_many([keys.polled(pool) for pool in pools])
        return {
            queue: time
            for item in found.values()
            for queue, time in pool_items.read_polls(item).items()
        }

    def record_polls(self, pool: str, queues: Iterable[UUID], time: datetime) -> None:
        """Store the time at which queues were polled."""
        polls = pool_items.poll_attributes(dict.fromkeys(queues, time))
        if polls:
            self.table.write(Add(keys.polled(pool), {}, None, polls))
