"""Reassigns the runs of disconnected task workers."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from runledger.domain.errors import WriteConflict
from runledger.domain.runs.task_runs import WaitingRun, own_queue
from runledger.domain.websocket.protocol import INTERNAL_ERROR
from runledger.domain.websocket.task_workers import Disconnect, TaskWorker
from runledger.parallel import map_all
from runledger.service.context import ServiceContext
from runledger.service.retries import retry_on_conflict
from runledger.store.store import Store
from runledger.store.websocket.task_workers import HeldRun, SeenWorker, TaskWorkerStore


def record_disconnect(store: Store, connection_id: str, gone: Disconnect) -> None:
    """Record that a worker disconnected.

    The run that it did not acknowledge goes to another worker at once. If the acknowledgement may
    have been lost while the client lives on, the worker keeps the run until its lease is over.
    """

    def disconnected(worker: TaskWorker) -> TaskWorker:
        if worker.gone:  # How the connection ended says more than that it could not be reached.
            return worker.replace(gone=gone) if gone.by_platform else worker
        return worker.replace(holding=worker.holding if gone.unheard else None, gone=gone)

    _update_worker(store, connection_id, disconnected)


def record_undelivered(store: Store, connection_id: str, gone: Disconnect) -> None:
    """Record that a worker disconnected, and requeue the run that could not be sent to it."""
    _update_worker(
        store,
        connection_id,
        lambda worker: worker.replace(holding=None, gone=worker.gone or gone),
    )


def requeue_unsent(store: Store, connection_id: str, now: datetime) -> None:
    """Requeue the run that could not be sent to a worker."""
    _update_worker(store, connection_id, lambda worker: worker.replace(holding=None, since=now))


def _update_worker(
    store: Store, connection_id: str, changed: Callable[[TaskWorker], TaskWorker]
) -> None:
    def attempt() -> None:
        seen = TaskWorkerStore.of(store).read(connection_id)
        if seen and changed(seen.worker) != seen.worker and not _changed(store, seen, changed):
            raise WriteConflict(connection_id)

    retry_on_conflict(attempt)


def _changed(store: Store, seen: SeenWorker, changed: Callable[[TaskWorker], TaskWorker]) -> bool:
    before, after = seen.worker, changed(seen.worker)
    lost = before.holding if after.holding is None else None
    held = TaskWorkerStore.of(store).held(lost, before.connection_id) if lost else None
    if held:
        return TaskWorkerStore.of(store).requeue_unacknowledged(held, seen, after)
    return TaskWorkerStore.of(store).change(seen, after) is not None


def sweep(context: ServiceContext, lease: timedelta) -> None:
    """Find disconnected workers, and reassign the unstarted runs of those whose lease is over."""
    workers = TaskWorkerStore.of(context.store).all()
    connected: defaultdict[str, list[TaskWorker]] = defaultdict(list)
    for worker, is_connected in _checked(context, [seen.worker for seen in workers]):
        if is_connected:
            connected[worker.client_id].append(worker)
        else:
            gone = Disconnect(at=context.now, by_platform=False)
            record_disconnect(context.store, worker.connection_id, gone)
    for seen in workers:
        worker = seen.worker
        if worker.gone and context.now - worker.gone.at >= lease:
            siblings = connected[worker.client_id]
            OrphanedRuns(context.store, seen, worker.gone, siblings).reassign()


def _checked(
    context: ServiceContext, workers: Sequence[TaskWorker]
) -> list[tuple[TaskWorker, bool]]:
    """Return each worker that is not recorded as disconnected, and whether it is connected."""
    candidates = [worker for worker in workers if worker.gone is None]
    answers = map_all(partial(_is_connected, context), candidates)
    return list(zip(candidates, answers, strict=True))


def _is_connected(context: ServiceContext, worker: TaskWorker) -> bool:
    connections, connection_id = context.connections, worker.connection_id
    if worker.is_overdue(context.now):
        connections.close(connection_id, INTERNAL_ERROR, "A task run was not acknowledged")
        return False
    return connections.is_open(connection_id)


class OrphanedRuns(NamedTuple):
    """The runs of a disconnected worker; its siblings are other connections of the same client."""

    store: Store
    seen: SeenWorker
    gone: Disconnect
    siblings: Sequence[TaskWorker]

    def reassign(self) -> None:
        """Reassign the runs that the worker did not start, and then remove the worker.

        It is removed only after a sweep that finds no held runs: a run may change meanwhile, and
        stays with the worker then.
        """
        worker, workers = self.seen.worker, TaskWorkerStore.of(self.store)
        left = workers.holds(worker)
        for held in left:
            self._reassign(held)
        for queued in workers.waiting(own_queue(worker.client_id)):
            if self._sibling(queued.waiting) is None:
                workers.requeue_for_all(queued)
        if not left:
            workers.remove(self.seen)

    def _reassign(self, held: HeldRun) -> None:
        waiting, workers = held.hold.waiting, TaskWorkerStore.of(self.store)
        if (sibling := self._sibling(waiting)) is None:
            workers.requeue(held, waiting.queue)
        elif self.gone.by_platform and waiting.run_id != self.seen.worker.holding:
            # The client lost its connection, and has the runs that it acknowledged.
            workers.transfer(held, sibling.connection_id)
        else:
            # The client may have restarted without the run; no other client may get it meanwhile.
            workers.requeue(held, own_queue(sibling.client_id))

    def _sibling(self, waiting: WaitingRun) -> TaskWorker | None:
        """Return the sibling that runs the run's task: the client may have other tasks now."""
        return next(
            (sibling for sibling in self.siblings if waiting.queue in sibling.task_queues), None
        )
