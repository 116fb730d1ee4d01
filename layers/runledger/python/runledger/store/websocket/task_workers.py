"""Task workers in the table, and the background runs that wait for one or are held by one.

A waiting run is an item of its queue's partition, which is read consistently: if a process frees a
worker and then finds the queue empty, a process that adds a run later finds the worker free.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import WaitingRun
from runledger.domain.websocket.task_workers import TaskWorker
from runledger.store import items
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.conditions import Attr, Condition
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import (
    ABSENT,
    PRESENT,
    has_version,
    in_index,
    in_partition,
    lacks,
)
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.runs import task_run_queue
from runledger.store.schema import indexes, keys
from runledger.store.schema.sort_keys import instant
from runledger.store.store import Store

# Mostly the first run of a page is handed out; the others are read in vain.
PAGE = 4


class ClaimOutcome(StrEnum):
    """The outcome of an attempt to hand a run to a worker."""

    MADE = "MADE"
    TOO_LATE = "TOO_LATE"
    """Another worker has the run."""
    WORKER_CHANGED = "WORKER_CHANGED"
    """The worker changed since it was read."""


class SeenWorker(NamedTuple):
    """A task worker as it was read: the version guards the next write."""

    worker: TaskWorker
    version: int


class HeldRun(NamedTuple):
    """A run, and the connection of the worker that holds it or was the last to hold it."""

    waiting: WaitingRun
    connection_id: str


class QueuedRun(NamedTuple):
    """A waiting run, and its key in the queue."""

    key: keys.Key
    waiting: WaitingRun


@dataclass(frozen=True)
class TaskWorkerStore:
    """Task workers, their queues and the runs that they hold."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def all(self) -> list[SeenWorker]:
        """Return every worker, also disconnected ones that still hold runs."""
        workers = in_partition(keys.TASK_WORKERS, keys.under(keys.TASK_WORKER))
        found = self.table.query(Query(workers))
        return [_read(item) for item in found]

    def read(self, connection_id: str) -> SeenWorker | None:
        """Return the worker of a connection as last acknowledged."""
        item = self.table.read(keys.task_worker(connection_id))
        return _read(item) if item else None

    def add(self, worker: TaskWorker) -> SeenWorker | None:
        """Store the worker of a new connection; return None if it has one already."""
        return self._written(worker)

    def change(self, seen: SeenWorker, worker: TaskWorker) -> SeenWorker | None:
        """Replace a worker; return None if it changed meanwhile."""
        return self._written(worker, seen)

    def _written(self, worker: TaskWorker, seen: SeenWorker | None = None) -> SeenWorker | None:
        # The condition also fails when botocore repeats a write whose response was lost.
        written = SeenWorker(worker, seen.version + 1 if seen else 1)
        is_done = self._write(_put(worker, seen)) or self.read(worker.connection_id) == written
        return written if is_done else None

    def remove(self, seen: SeenWorker) -> None:
        """Remove a disconnected worker, unless it changed meanwhile."""
        self._write(Delete(keys.task_worker(seen.worker.connection_id), has_version(seen.version)))

    def waiting(self, queue: str) -> Iterator[QueuedRun]:
        """Yield the runs of a queue in the order of delivery."""
        found = self.table.query(Query(in_partition(keys.queue(queue)), page=PAGE))
        queued = (item for item in found if not large_documents.is_piece(keys.of(item)))
        return (QueuedRun(keys.of(item), items.read_document(WaitingRun, item)) for item in queued)

    def drop(self, queued: QueuedRun) -> None:
        """Remove a run that waits no longer from its queue, unless it was requeued meanwhile."""
        is_unchanged = PRESENT if queued.waiting.acknowledged else lacks(task_run_queue.PASSED_ON)
        self._write(Delete(queued.key, is_unchanged))

    def claim(self, queued: QueuedRun, seen: SeenWorker, worker: TaskWorker) -> ClaimOutcome:
        """Move a run from its queue to a worker that was read, and replace it by `worker`."""
        claimed = queued.waiting
        try:
            self.table.write(
                Delete(queued.key, PRESENT),
                _put(worker, seen),
                Put(_hold_item(claimed, worker.connection_id)),
            )
        except ConditionFailed as failed:
            (is_too_late, _), *_ = failed.met
            return ClaimOutcome.TOO_LATE if is_too_late else ClaimOutcome.WORKER_CHANGED
        return ClaimOutcome.MADE

    def requeue_unacknowledged(self, held: HeldRun, seen: SeenWorker, worker: TaskWorker) -> bool:
        """Put a run that a worker did not acknowledge back into its queue, before new runs.

        The worker stays the run's last holder: its acknowledgement may be on its way or lost, and
        it may still report that it started the run. Return False if the hold or the worker changed.
        """
        hold = Put(_hold_item(held.waiting, held.connection_id), _is_held(held))
        requeued = task_run_queue.requeue_write(held.waiting, held.waiting.queue, again=True)
        return self._write(hold, requeued, _put(worker, seen))

    def requeue(self, held: HeldRun, queue: str) -> None:
        """Move a run from a disconnected worker to a queue, unless it was released meanwhile.

        If it was put back into its task's queue before, it is removed from there.
        """
        acknowledged = held.waiting.replace(acknowledged=True)
        released = Delete(keys.hold(acknowledged.run_id), _is_held(held))
        before = task_run_queue.queue_key(acknowledged, acknowledged.queue, again=True)
        elsewhere = [Delete(before)] if queue != acknowledged.queue else []
        self._write(
            released, *elsewhere, task_run_queue.requeue_write(acknowledged, queue, again=True)
        )

    def transfer(self, held: HeldRun, sibling: TaskWorker) -> None:
        """Let another connection of the same client hold a run, unless it was released."""
        self._write(Put(_hold_item(held.waiting, sibling.connection_id), _is_held(held)))

    def requeue_for_all(self, queued: QueuedRun) -> None:
        """Move a run from a client's own queue to its task's queue, if it still waits."""
        waiting = queued.waiting
        self._write(
            Delete(queued.key, PRESENT),
            task_run_queue.requeue_write(waiting, waiting.queue, again=True),
        )

    def release(self, run_id: UUID, left: datetime) -> bool:
        """Remove the hold of a run that left the state entered at `left`; return if there was one.

        A worker that got the run in a later state goes on holding it.
        """
        return self._write(Delete(keys.hold(run_id), Attr("since").lte(instant(left))))

    def dequeue(self, waiting: WaitingRun) -> None:
        """Remove a run from the queue that it was put into when it entered its state.

        If it was put back into a queue, the next process that reads it there drops it.
        """
        self.table.write(
            Delete(task_run_queue.queue_key(waiting, waiting.queue, again=waiting.retry))
        )

    def state_of(self, waiting: WaitingRun) -> State | None:
        """Return the state in which a run was queued, which it may have left."""
        run = keys.task_run(waiting.run_id)
        item = self.table.read(keys.state(run, waiting.since, waiting.state_id))
        return items.read_document(State, item) if item else None

    def held(self, run_id: UUID, connection_id: str) -> HeldRun | None:
        """Return the run if the worker of this connection holds it."""
        item = self.table.read(keys.hold(run_id))
        is_own = item and item["owner"] == keys.task_worker(connection_id).sk
        return HeldRun(_read_hold(item), connection_id) if item and is_own else None

    def holds(self, connection_id: str) -> list[HeldRun]:
        """Return the runs that a worker holds; the index may not have the latest yet."""
        owner = keys.task_worker(connection_id).sk
        found = self.table.query(
            Query(in_index(indexes.BY_OWNER, owner, None), indexes.BY_OWNER.name)
        )
        return [HeldRun(_read_hold(item), connection_id) for item in found]

    def _write(self, *writes: Write) -> bool:
        try:
            self.table.write(*writes)
        except ConditionFailed:
            return False
        return True


def _is_held(held: HeldRun) -> Condition:
    """The same connection still holds the run, in the state in which it was handed out."""
    is_same_state = Attr("state_id").eq(str(held.waiting.state_id))
    return is_same_state & Attr("owner").eq(keys.task_worker(held.connection_id).sk)


def _hold_item(waiting: WaitingRun, connection_id: str) -> Item:
    return keys.hold(waiting.run_id)._asdict() | {
        "owner": keys.task_worker(connection_id).sk,
        "id": str(waiting.run_id),
        "state_id": str(waiting.state_id),
        "since": instant(waiting.since),
        "facts": waiting.model_dump_json(),
    }


def _read_hold(item: Item) -> WaitingRun:
    return WaitingRun.model_validate_json(item["facts"])


def _read(item: Item) -> SeenWorker:
    return SeenWorker(items.read_document(TaskWorker, item), int(item["version"]))


def _put(worker: TaskWorker, seen: SeenWorker | None = None) -> Put:
    """Return the write of a new worker, or of one that has not changed since it was read."""
    item = keys.task_worker(worker.connection_id)._asdict() | {
        "body": worker.model_dump_json(exclude_defaults=True),
        "version": seen.version + 1 if seen else 1,
    }
    return Put(item, has_version(seen.version) if seen else ABSENT)
