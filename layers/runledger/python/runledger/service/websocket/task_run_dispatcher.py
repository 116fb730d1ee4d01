"""Hands background runs to task workers, one at a time each.

Both sides try to match runs with idle workers: the stream when a run is queued, a worker's message
when it subscribes or acknowledges. A conditional write, the claim, decides which attempt succeeds.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from typing import NamedTuple

from runledger.domain.errors import ConnectionClosed, WriteConflict
from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.task_runs import TaskRun, is_unstarted
from runledger.domain.websocket import protocol
from runledger.domain.websocket.protocol import DROPPED, NORMAL, CloseConnection
from runledger.domain.websocket.task_workers import (
    MAX_BYTES,
    Disconnect,
    TaskWorker,
    in_state,
    shortened,
)
from runledger.service.context import ServiceContext
from runledger.service.retries import retry_on_conflict
from runledger.service.websocket import disconnects
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import Store
from runledger.store.websocket.connections import Connection
from runledger.store.websocket.task_workers import (
    ClaimOutcome,
    QueuedRun,
    SeenWorker,
    TaskWorkerStore,
)


class TaskRunDispatcher(NamedTuple):
    """Hands out background runs over WebSockets."""

    context: ServiceContext

    @property
    def _workers(self) -> TaskWorkerStore:
        return TaskWorkerStore.of(self.context.store)

    def receive(self, connection: Connection, text: str) -> None:
        """Handle a worker's message (docs/contract/task-runs.md 6.2).

        A message is ignored while no run awaits acknowledgement.

        Raises:
            CloseConnection: the connection ends; an unacknowledged run returns to its queue.
        """
        seen = self._workers.read(connection.id)
        if seen is None:
            self._subscribe(connection, text)
        elif seen.worker.holding is not None:
            self._receive_answer(seen, text)

    def _subscribe(self, connection: Connection, text: str) -> None:
        subscription = protocol.subscription(protocol.read(text))
        worker = TaskWorker(
            connection_id=connection.id,
            client_id=subscription.client_id,
            task_keys=subscription.task_keys,
            since=self.context.now,
        )
        if added := self._workers.add(worker):
            self._serve(added, worker)
        else:  # Two subscriptions came at once; handle this one after the other.
            self.receive(connection, text)

    def _receive_answer(self, seen: SeenWorker, text: str) -> None:
        match protocol.read(text).get("type"):
            case "ack":
                self._serve_next(seen)
            case "quit":
                raise CloseConnection(NORMAL)
            case _:
                raise CloseConnection(DROPPED)

    def _serve_next(self, seen: SeenWorker) -> None:
        """Hand a worker its next run, or make it idle; it goes on holding its acknowledged runs.

        The first look may overlook runs that were just queued: it is half as dear, and another one
        follows it.
        """
        idle = seen.worker.replace(holding=None, since=self.context.now)
        if self._serve(seen, idle, consistent=False) is not None:
            return
        freed = self._workers.change(seen, idle)
        # A run that was queued before this write found no idle worker: look for it again.
        if freed:
            self._serve(freed, idle)

    def announce(self, queues: Iterable[str]) -> None:
        """Hand out the runs of some queues to idle workers; the longest idle ones come first.

        Workers are read before the queues; a worker that is not idle reads the queues later itself.
        """
        left = frozenset(queues)
        found = self._workers.all(lambda worker: not left.isdisjoint(worker.queues))
        workers = sorted(found, key=lambda seen: seen.worker.since)
        for seen in workers:
            if seen.worker.is_idle and not left.isdisjoint(seen.worker.queues):
                nothing_waits = self._serve(seen, seen.worker) is None
                left -= frozenset(seen.worker.task_queues if nothing_waits else ())

    def _serve(
        self, seen: SeenWorker, idle: TaskWorker, *, consistent: bool = True
    ) -> ClaimOutcome | None:
        """Hand a worker the first run of its queues; None if they are empty.

        `idle` is the worker that was read, in its idle state.
        """
        waiting = self._waiting_for(idle, consistent=consistent)
        claims = (self._claim(queued, seen, idle) for queued in waiting)
        return next((claim for claim in claims if claim and claim != ClaimOutcome.TOO_LATE), None)

    def _waiting_for(self, worker: TaskWorker, *, consistent: bool) -> Iterator[QueuedRun]:
        waiting = partial(self._workers.waiting, consistent=consistent)
        found = chain.from_iterable(map(waiting, worker.queues))
        return (queued for queued in found if queued.waiting.queue in worker.task_queues)

    def _claim(self, queued: QueuedRun, seen: SeenWorker, idle: TaskWorker) -> ClaimOutcome | None:
        def attempt() -> ClaimOutcome | None:
            stored = self._still_waiting(queued)
            return self._hand_out(queued, stored, seen, idle) if stored else None

        return retry_on_conflict(attempt)

    def _still_waiting(self, queued: QueuedRun) -> Stored | None:
        """Return the run, unless it was deleted or has left the state in which it was queued."""
        stored = TaskRunStore.of(self.context.store).read(queued.waiting.run_id)
        if stored and is_unstarted(stored.run, queued.waiting):
            return stored
        self._workers.drop(queued)
        return None

    def _as_queued(self, run: TaskRun, queued: QueuedRun) -> TaskRun:
        """Return a run in the state in which it was queued: workers need this state's details."""
        if run.state_id == queued.waiting.state_id:
            return run
        state = self._workers.state_of(queued.waiting)
        return in_state(run, state) if state else run

    def _hand_out(
        self, queued: QueuedRun, stored: Stored, seen: SeenWorker, idle: TaskWorker
    ) -> ClaimOutcome:
        run = self._as_queued(stored.run, queued)
        busy = idle.replace(holding=run.id, since=self.context.now)
        claim = self._workers.claim(queued, stored, seen, busy)
        if claim == ClaimOutcome.RUN_CHANGED:
            raise WriteConflict(str(run.id))
        if claim == ClaimOutcome.MADE:
            self._send(busy, run)
        return claim

    def _send(self, worker: TaskWorker, run: TaskRun) -> None:
        try:
            self.context.connections.send(worker.connection_id, message(run, self.context.now))
        except ConnectionClosed:
            gone = Disconnect(at=self.context.now, by_platform=False)
            disconnects.record_undelivered(self.context.store, worker.connection_id, gone)
        except BaseException:
            disconnects.requeue_unsent(self.context.store, worker.connection_id, self.context.now)
            raise


def connected(store: Store, task_keys: Iterable[str]) -> list[TaskWorker]:
    """Return the workers of the given tasks, or all workers if no task is given.

    Connections of one client are one worker, as on the reference.
    """
    by_client: dict[str, TaskWorker] = {}
    for worker in (seen.worker for seen in TaskWorkerStore.of(store).all() if not seen.worker.gone):
        known = by_client.get(worker.client_id, worker).task_keys
        keys = tuple(dict.fromkeys((*known, *worker.task_keys)))
        by_client[worker.client_id] = worker.replace(task_keys=keys)
    wanted = set(task_keys)
    return [
        worker
        for worker in by_client.values()
        if not wanted or not wanted.isdisjoint(worker.task_keys)
    ]


def message(run: TaskRun, now: datetime) -> str:
    """Return the message of a run for a worker; shortened if it is too large for a message."""
    whole = as_of(run, now).model_dump_json()
    if len(whole.encode()) <= MAX_BYTES:
        return whole
    return shortened(as_of(run, now)).model_dump_json()
