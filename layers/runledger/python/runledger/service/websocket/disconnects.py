"""What becomes of a task worker's runs once it is gone."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from runledger.domain.errors import Moved
from runledger.domain.websocket.protocol import INTERNAL_ERROR
from runledger.domain.websocket.task_workers import (
    Departure,
    TaskWorker,
    Waiting,
    is_unstarted,
    own_queue,
)
from runledger.service.context import Means
from runledger.service.retries import until_it_holds
from runledger.store.store import Store
from runledger.store.websocket.task_workers import Held, SeenWorker

# Connections that are asked at once whether they are still there.
AT_ONCE = 16


def leave(store: Store, connection_id: str, gone: Departure) -> None:
    """Note that a worker is gone.

    The run that it did not acknowledge goes to another at once. Where the acknowledgement may have
    gone unheard, and the client lives on, it keeps the run until its lease is over.
    """

    def departed(worker: TaskWorker) -> TaskWorker:
        if worker.gone:  # That it could not be reached says less than how it ended.
            return worker.but(gone=gone) if gone.by_platform else worker
        return worker.but(holding=worker.holding if gone.unheard else None, gone=gone)

    _let_go(store, connection_id, departed)


def leave_without(store: Store, connection_id: str, gone: Departure) -> None:
    """Note that a worker is gone, and take back the run that could not be sent to it."""
    _let_go(
        store,
        connection_id,
        lambda worker: worker.but(holding=None, gone=worker.gone or gone),
    )


def take_back(store: Store, connection_id: str, now: datetime) -> None:
    """Take back from a worker the run that could not be sent to it."""
    _let_go(store, connection_id, lambda worker: worker.but(holding=None, since=now))


def _let_go(store: Store, connection_id: str, changed: Callable[[TaskWorker], TaskWorker]) -> None:
    def attempt() -> None:
        seen = store.task_workers.read(connection_id)
        if seen and changed(seen.worker) != seen.worker and not _changed(store, seen, changed):
            raise Moved(connection_id)

    until_it_holds(attempt)


def _changed(store: Store, seen: SeenWorker, changed: Callable[[TaskWorker], TaskWorker]) -> bool:
    before, after = seen.worker, changed(seen.worker)
    lost = before.holding if after.holding is None else None
    held = store.task_workers.held(lost, before.connection_id) if lost else None
    if held:
        return store.task_workers.put_back(held, seen, after)
    return store.task_workers.change(seen, after) is not None


def sweep(means: Means, lease: timedelta) -> None:
    """Find the workers that are gone, and pass on what those did not start whose lease is over."""
    seen = means.store.task_workers.all()
    present: defaultdict[str, list[TaskWorker]] = defaultdict(list)
    for worker, is_there in _asked(means, [one.worker for one in seen]):
        if is_there:
            present[worker.client_id].append(worker)
        else:
            gone = Departure(at=means.now, by_platform=False)
            leave(means.store, worker.connection_id, gone)
    for one in seen:
        if one.worker.gone and means.now - one.worker.gone.at >= lease:
            Estate(means.store, one, one.worker.gone, present[one.worker.client_id]).settle()


def _asked(means: Means, workers: Sequence[TaskWorker]) -> Iterator[tuple[TaskWorker, bool]]:
    """Tell of each worker that is not known to be gone whether it is there."""
    unsure = [worker for worker in workers if worker.gone is None]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda worker: _is_there(means, worker), unsure)
        yield from zip(unsure, answers, strict=True)


def _is_there(means: Means, worker: TaskWorker) -> bool:
    sockets, connection_id = means.sockets, worker.connection_id
    if worker.is_overdue(means.now):
        sockets.close(connection_id, INTERNAL_ERROR, "A task run was not acknowledged")
        return False
    return sockets.is_open(connection_id)


@dataclass(frozen=True)
class Estate:
    """What a worker leaves that went; its heirs are other connections of the same client."""

    store: Store
    seen: SeenWorker
    gone: Departure
    heirs: Sequence[TaskWorker]

    def settle(self) -> None:
        """Decide about what the worker had and did not start, and then forget it.

        It is forgotten only when nothing is left: the index that tells may lag behind.
        """
        worker, workers = self.seen.worker, self.store.task_workers
        left = workers.holds(worker.connection_id)
        for held in left:
            self._pass_on(held)
        for queued in workers.waiting(own_queue(worker.client_id)):
            if self._heir(queued.waiting) is None:
                workers.offer_to_all(queued)
        if not left:
            workers.remove(self.seen)

    def _pass_on(self, held: Held) -> None:
        waiting, workers = held.waiting, self.store.task_workers
        stored = self.store.task_runs.read(waiting.run_id)
        if not (stored and is_unstarted(stored.run, waiting.but(acknowledged=True))):
            workers.release(waiting.run_id, waiting.since)
        elif (heir := self._heir(waiting)) is None:
            workers.offer(held, waiting.queue)
        elif self.gone.by_platform and waiting.run_id != self.seen.worker.holding:
            # Its client was cut off, and is back with all that it had acknowledged.
            workers.hand_over(held, heir)
        else:
            # Its client may have started anew without it; nobody else may have it meanwhile.
            workers.offer(held, own_queue(heir.client_id))

    def _heir(self, waiting: Waiting) -> TaskWorker | None:
        """Return who runs its task: the client may have come back with other ones."""
        return next((heir for heir in self.heirs if waiting.queue in heir.task_queues), None)
