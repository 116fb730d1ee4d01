"""What becomes of a task worker's runs once it is gone."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from runledger.domain.errors import WriteConflict
from runledger.domain.runs.task_runs import WaitingRun, is_unstarted, own_queue
from runledger.domain.websocket.protocol import INTERNAL_ERROR
from runledger.domain.websocket.task_workers import Disconnect, TaskWorker
from runledger.parallel import map_all
from runledger.service.context import ServiceContext
from runledger.service.retries import retry_on_conflict
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import Store
from runledger.store.websocket.task_workers import HeldRun, SeenWorker, TaskWorkerStore


def record_disconnect(store: Store, connection_id: str, gone: Disconnect) -> None:
    """Note that a worker is gone.

    The run that it did not acknowledge goes to another at once. Where the acknowledgement may have
    gone unheard, and the client lives on, it keeps the run until its lease is over.
    """

    def departed(worker: TaskWorker) -> TaskWorker:
        if worker.gone:  # That it could not be reached says less than how it ended.
            return worker.replace(gone=gone) if gone.by_platform else worker
        return worker.replace(holding=worker.holding if gone.unheard else None, gone=gone)

    _update_worker(store, connection_id, departed)


def record_undelivered(store: Store, connection_id: str, gone: Disconnect) -> None:
    """Note that a worker is gone, and take back the run that could not be sent to it."""
    _update_worker(
        store,
        connection_id,
        lambda worker: worker.replace(holding=None, gone=worker.gone or gone),
    )


def requeue_unsent(store: Store, connection_id: str, now: datetime) -> None:
    """Take back from a worker the run that could not be sent to it."""
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
    """Find the workers that are gone, and pass on what those did not start whose lease is over."""
    seen = TaskWorkerStore.of(context.store).all()
    present: defaultdict[str, list[TaskWorker]] = defaultdict(list)
    for worker, is_there in _asked(context, [one.worker for one in seen]):
        if is_there:
            present[worker.client_id].append(worker)
        else:
            gone = Disconnect(at=context.now, by_platform=False)
            record_disconnect(context.store, worker.connection_id, gone)
    for one in seen:
        if one.worker.gone and context.now - one.worker.gone.at >= lease:
            OrphanedRuns(
                context.store, one, one.worker.gone, present[one.worker.client_id]
            ).reassign()


def _asked(context: ServiceContext, workers: Sequence[TaskWorker]) -> list[tuple[TaskWorker, bool]]:
    """Tell of each worker that is not known to be gone whether it is there."""
    unsure = [worker for worker in workers if worker.gone is None]
    answers = map_all(partial(_is_there, context), unsure)
    return list(zip(unsure, answers, strict=True))


def _is_there(context: ServiceContext, worker: TaskWorker) -> bool:
    connections, connection_id = context.connections, worker.connection_id
    if worker.is_overdue(context.now):
        connections.close(connection_id, INTERNAL_ERROR, "A task run was not acknowledged")
        return False
    return connections.is_open(connection_id)


@dataclass(frozen=True)
class OrphanedRuns:
    """What a worker leaves that went; its heirs are other connections of the same client."""

    store: Store
    seen: SeenWorker
    gone: Disconnect
    siblings: Sequence[TaskWorker]

    def reassign(self) -> None:
        """Decide about what the worker had and did not start, and then forget it.

        It is forgotten only when nothing is left: the index that tells may lag behind.
        """
        worker, workers = self.seen.worker, TaskWorkerStore.of(self.store)
        left = workers.holds(worker.connection_id)
        for held in left:
            self._pass_on(held)
        for queued in workers.waiting(own_queue(worker.client_id)):
            if self._sibling(queued.waiting) is None:
                workers.requeue_for_all(queued)
        if not left:
            workers.remove(self.seen)

    def _pass_on(self, held: HeldRun) -> None:
        waiting, workers = held.waiting, TaskWorkerStore.of(self.store)
        stored = TaskRunStore.of(self.store).read(waiting.run_id)
        if not (stored and is_unstarted(stored.run, waiting.replace(acknowledged=True))):
            workers.release(waiting.run_id, waiting.since)
        elif (sibling := self._sibling(waiting)) is None:
            workers.requeue(held, waiting.queue)
        elif self.gone.by_platform and waiting.run_id != self.seen.worker.holding:
            # Its client was cut off, and is back with all that it had acknowledged.
            workers.transfer(held, sibling)
        else:
            # Its client may have started anew without it; nobody else may have it meanwhile.
            workers.requeue(held, own_queue(sibling.client_id))

    def _sibling(self, waiting: WaitingRun) -> TaskWorker | None:
        """Return who runs its task: the client may have come back with other ones."""
        return next(
            (sibling for sibling in self.siblings if waiting.queue in sibling.task_queues), None
        )
