"""Task workers in the table, and the background runs that wait for one or are held by one.

A waiting run is an item of one of its queue's partitions, which are read consistently: if a process
frees a worker and then finds the queue empty, a process that adds a run later finds the worker
free.

A list has all workers as they connected. What changes with each run is in an item of its own, since
all workers together get more runs than the list's partition could be written for.
"""

import heapq
from collections.abc import Callable, Iterator
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import WaitingRun
from runledger.domain.websocket.task_workers import TaskWorker
from runledger.store import items
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import (
    ABSENT,
    PRESENT,
    has_version,
    in_partition,
    lacks,
)
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.runs import task_run_items, task_run_queue
from runledger.store.runs.past_states import state_of
from runledger.store.runs.task_run_items import Hold, Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.store import Shards, Store

# Mostly the first run of a page is handed out; the others are read in vain.
PAGE = 4  # of all partitions of a queue together

# Once a worker got so many runs, those that it has started are forgotten.
MAX_UNCHECKED = 8


class ClaimOutcome(StrEnum):
    """The outcome of an attempt to hand a run to a worker."""

    MADE = "MADE"
    TOO_LATE = "TOO_LATE"
    """Another worker has the run."""
    RUN_CHANGED = "RUN_CHANGED"
    """The run changed since it was read."""
    WORKER_CHANGED = "WORKER_CHANGED"
    """The worker changed since it was read."""


class SeenWorker(NamedTuple):
    """A task worker as it was read: the version guards the next write."""

    worker: TaskWorker
    version: int


class HeldRun(NamedTuple):
    """A run as it was read, which a worker holds."""

    run: Stored
    hold: Hold


class QueuedRun(NamedTuple):
    """A waiting run, and its key in the queue."""

    key: keys.Key
    waiting: WaitingRun


class TaskWorkerStore(NamedTuple):
    """Task workers, their queues and the runs that they hold."""

    table: Table
    task_runs: TaskRunStore
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, TaskRunStore.of(store), store.index_shards)

    def all(self, wanted: Callable[[TaskWorker], bool] = bool) -> list[SeenWorker]:
        """Return every worker, also disconnected ones that still hold runs.

        Only those are read that are `wanted` as they connected.
        """
        listed = self.table.query(
            Query(in_partition(keys.TASK_WORKERS, keys.under(keys.TASK_WORKER)))
        )
        workers = filter(wanted, (items.read_document(TaskWorker, item) for item in listed))
        wanted_keys = [keys.task_worker(worker.connection_id) for worker in workers]
        found = self.table.read_many(wanted_keys)
        return [_read(found[key]) for key in wanted_keys if key in found]

    def read(self, connection_id: str) -> SeenWorker | None:
        """Return the worker of a connection as last acknowledged."""
        item = self.table.read(keys.task_worker(connection_id))
        return _read(item) if item else None

    def add(self, worker: TaskWorker) -> SeenWorker | None:
        """Store the worker of a new connection; return None if it has one already."""
        listing = keys.task_worker_listing(worker.connection_id)._asdict()
        listed = Put(listing | {"body": worker.model_dump_json(exclude_defaults=True)})
        return self._written(SeenWorker(worker, 1), _put(worker), listed)

    def change(self, seen: SeenWorker, worker: TaskWorker) -> SeenWorker | None:
        """Replace a worker; return None if it changed meanwhile."""
        return self._written(SeenWorker(worker, seen.version + 1), _put(worker, seen))

    def _written(self, worker: SeenWorker, *writes: Write) -> SeenWorker | None:
        # The condition also fails when botocore repeats a write whose response was lost.
        is_done = self._write(*writes) or self.read(worker.worker.connection_id) == worker
        return worker if is_done else None

    def remove(self, seen: SeenWorker) -> None:
        """Remove a disconnected worker, unless it changed meanwhile."""
        connection_id = seen.worker.connection_id
        self._write(
            Delete(keys.task_worker(connection_id), has_version(seen.version)),
            Delete(keys.task_worker_listing(connection_id)),
        )

    def waiting(self, queue: str, *, consistent: bool = True) -> Iterator[QueuedRun]:
        """Yield the runs of a queue in the order of delivery.

        All runs that were queued before are there only if the read is `consistent`.
        """
        partitions = task_run_queue.partitions(queue, self.shards.read)
        page = max(1, PAGE // len(partitions))
        found = self.table.query_each(
            Query(in_partition(pk), page=page, consistent=consistent) for pk in partitions
        )
        merged = heapq.merge(*found, key=itemgetter("sk"))
        queued = (item for item in merged if not large_documents.is_piece(keys.of(item)))
        return (QueuedRun(keys.of(item), items.read_document(WaitingRun, item)) for item in queued)

    def drop(self, queued: QueuedRun) -> None:
        """Remove a run that waits no longer from its queue, unless it was requeued meanwhile."""
        is_unchanged = PRESENT if queued.waiting.acknowledged else lacks(task_run_queue.PASSED_ON)
        self._write(Delete(queued.key, is_unchanged))

    def claim(
        self, queued: QueuedRun, run: Stored, seen: SeenWorker, worker: TaskWorker
    ) -> ClaimOutcome:
        """Move a run from its queue to a worker that was read, and replace it by `worker`."""
        try:
            self.table.write(
                Delete(queued.key, PRESENT),
                self.task_runs.hold_write(run, Hold(worker.connection_id, queued.waiting)),
                _put(self._handed(worker, run), seen),
            )
        except ConditionFailed as failed:
            (is_too_late, _), (is_outdated, _), *_ = failed.met
            if is_too_late:
                return ClaimOutcome.TOO_LATE
            return ClaimOutcome.RUN_CHANGED if is_outdated else ClaimOutcome.WORKER_CHANGED
        return ClaimOutcome.MADE

    def _handed(self, worker: TaskWorker, run: Stored) -> TaskWorker:
        """Return the worker with one more run; from time to time without those that it started."""
        before = worker.handed_out
        if before and len(before) % MAX_UNCHECKED == 0:
            before = tuple(held.run.run.id for held in self.holds(worker))
        return worker.replace(handed_out=tuple(dict.fromkeys((*before, run.run.id))))

    def requeue_unacknowledged(self, held: HeldRun, seen: SeenWorker, worker: TaskWorker) -> bool:
        """Put a run that a worker did not acknowledge back into its queue, before new runs.

        The worker stays the run's last holder: its acknowledgement may be on its way or lost, and
        it may still report that it started the run. Return False if the run or the worker changed.
        """
        waiting = held.hold.waiting
        return self._write(
            self.task_runs.hold_write(held.run, held.hold),
            self._requeue_write(waiting, waiting.queue),
            _put(worker, seen),
        )

    def requeue(self, held: HeldRun, queue: str) -> None:
        """Move a run from a disconnected worker to a queue, unless it changed meanwhile.

        If it was put back into its task's queue before, it is removed from there.
        """
        acknowledged = held.hold.waiting.replace(acknowledged=True)
        elsewhere = self._requeued(acknowledged) if queue != acknowledged.queue else ()
        self._write(
            self.task_runs.hold_write(held.run, None),
            *map(Delete, elsewhere),
            self._requeue_write(acknowledged, queue),
        )

    def _requeued(self, waiting: WaitingRun) -> list[keys.Key]:
        """Return where a run may be that was put back into its task's queue.

        This may have been done with another number of shards, and no other worker may find it.
        """
        _, sk = task_run_queue.queue_key(waiting, waiting.queue, again=True, shards=1)
        partitions = task_run_queue.partitions(waiting.queue, self.shards.read)
        return [keys.Key(pk, sk) for pk in partitions]

    def _requeue_write(self, waiting: WaitingRun, queue: str) -> Put:
        shards = self.shards.written
        return task_run_queue.requeue_write(waiting, queue, again=True, shards=shards)

    def transfer(self, held: HeldRun, connection_id: str) -> None:
        """Let another connection of the same client hold a run, unless one of them changed."""
        sibling = self.read(connection_id)
        if sibling:
            self._write(
                self.task_runs.hold_write(held.run, Hold(connection_id, held.hold.waiting)),
                _put(self._handed(sibling.worker, held.run), sibling),
            )

    def requeue_for_all(self, queued: QueuedRun) -> None:
        """Move a run from a client's own queue to its task's queue, if it still waits."""
        waiting = queued.waiting
        self._write(
            Delete(queued.key, PRESENT),
            self._requeue_write(waiting, waiting.queue),
        )

    def dequeue(self, waiting: WaitingRun) -> None:
        """Remove a run from the queue that it was put into when it entered its state.

        If it was put back into a queue, or queued with another number of shards, the next process
        that reads it there drops it.
        """
        queue, shards = waiting.queue, self.shards.written
        key = task_run_queue.queue_key(waiting, queue, again=waiting.retry, shards=shards)
        self.table.write(Delete(key))

    def state_of(self, waiting: WaitingRun) -> State | None:
        """Return the state in which a run was queued, which it may have left."""
        return state_of(self.table, keys.task_run(waiting.run_id), waiting.state_id)

    def held(self, run_id: UUID, connection_id: str) -> HeldRun | None:
        """Return the run if the worker of this connection holds it."""
        return _held_by(connection_id, self.task_runs.read(run_id))

    def holds(self, worker: TaskWorker) -> list[HeldRun]:
        """Return the runs that a worker holds."""
        found = self.table.read_many(list(map(keys.task_run, worker.handed_out)))
        runs = map(task_run_items.read_task_run, found.values())
        return [held for run in runs if (held := _held_by(worker.connection_id, run))]

    def _write(self, *writes: Write) -> bool:
        try:
            self.table.write(*writes)
        except ConditionFailed:
            return False
        return True


def _held_by(connection_id: str, run: Stored | None) -> HeldRun | None:
    hold = run and run.hold
    return HeldRun(run, hold) if run and hold and hold.connection_id == connection_id else None


def _read(item: Item) -> SeenWorker:
    return SeenWorker(items.read_document(TaskWorker, item), int(item["version"]))


def _put(worker: TaskWorker, seen: SeenWorker | None = None) -> Put:
    """Return the write of a new worker, or of one that has not changed since it was read."""
    item = keys.task_worker(worker.connection_id)._asdict() | {
        "body": worker.model_dump_json(exclude_defaults=True),
        "version": seen.version + 1 if seen else 1,
    }
    return Put(item, has_version(seen.version) if seen else ABSENT)
