"""Use cases of polls: the runs that a worker, or an agent of old, may start."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from uuid import UUID

from runledger.domain.errors import UnknownRun
from runledger.domain.orchestration.flow_run_rules import LATE
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.states import StateType
from runledger.domain.work_pools import polling
from runledger.domain.work_pools.polling import HandedOut, HeldSlot, Poll, ScheduledRun
from runledger.domain.work_pools.pools import WorkQueue
from runledger.service.work_pools import old_queues, pools, queues
from runledger.store.runs import run_reads
from runledger.store.store import Store
from runledger.store.work_pools.polls import Polled, PollStore
from runledger.store.work_pools.pool_items import SeenPool
from runledger.store.work_pools.workers import WorkerStore


def poll_pool(store: Store, pool_name: str, poll: Poll, *, now: datetime) -> list[HandedOut]:
    """Return scheduled runs of a pool, within its limits, and record the poll.

    Nothing is reserved: a worker that proposes PENDING for a run learns whether it was the first.

    Raises:
        NotFound: there is no such pool or queue.
    """
    polled = PollStore.of(store).poll(pool_name, poll.until, poll.since)
    seen = pools.found(polled and polled.seen, pool_name)
    asked = [queues.find(seen, name) for name in poll.queue_names] or seen.document.queues
    record(store, seen, asked, now)
    return _hand_out(store, polled, asked, poll.limit) if polled else []


def record(store: Store, seen: SeenPool, asked: Iterable[WorkQueue], now: datetime) -> None:
    """Record that queues were polled, unless that was recorded a short time ago."""
    WorkerStore.of(store).record_polls(seen.name, polling.unrecorded(asked, seen.polls, now), now)


def _hand_out(
    store: Store, polled: Polled, asked: Iterable[WorkQueue], limit: int
) -> list[HandedOut]:
    document = polled.seen.document
    open_queues = polling.open_queues(document, {queue.id for queue in asked})
    waiting = _known(polled.scheduled, {queue.id for queue in open_queues})
    first = next(waiting, None)
    if first is None or not limit:
        return []
    held: list[HeldSlot] = []
    if polling.has_limit(document, open_queues):
        known = {queue.id for queue in document.queues}
        slots = PollStore.of(store).held_slots(polled.seen.name)
        held = [slot for slot in slots if slot.queue_id in known]
    chosen = polling.handed_out(
        document, open_queues, chain([first], waiting), held=held, limit=limit
    )
    return [
        HandedOut(document.pool.id, one.queue_id, run)
        for one, run in _still_scheduled(store, chosen)
    ]


def _known(scheduled: Iterable[ScheduledRun], known: set[UUID]) -> Iterator[ScheduledRun]:
    return (run for run in scheduled if run.queue_id in known)


def _still_scheduled(
    store: Store, chosen: Sequence[ScheduledRun]
) -> Iterator[tuple[ScheduledRun, FlowRunFacts]]:
    """Yield the chosen runs, without those that were started or deleted since the query."""
    found = run_reads.read_flow_runs(store, [one.run_id for one in chosen])
    for one in chosen:
        run = found.get(one.run_id)
        if run and run.state_type == StateType.SCHEDULED and run.work_queue_id == one.queue_id:
            yield one, run


def poll_queue(
    store: Store, queue_id: UUID, poll: Poll, *, now: datetime, recorded: bool
) -> list[FlowRunFacts]:
    """Return scheduled runs of one queue, by its own limit alone, as agents of old ask for them.

    Raises:
        UnknownRun: there is no such queue.
    """
    missing = UnknownRun(f"Work queue with id {queue_id} not found.")
    seen, queue = old_queues.find(store, queue_id, missing)
    if recorded:
        record(store, seen, [queue], now)
    free = poll.limit
    if queue.concurrency_limit is not None:
        active = queues.active_slots(store, seen.name, queue.id, old=True)
        free = min(free, max(queue.concurrency_limit - active, 0))
    if queue.is_paused or not free:
        return []
    chosen = list(islice(_waiting(store, seen, queue, poll.until), free))
    return [run for _, run in _still_scheduled(store, chosen)]


def health(store: Store, queue_id: UUID, *, now: datetime) -> tuple[int, datetime | None]:
    """Return the number of a queue's late runs, and the time of its last poll.

    Raises:
        UnknownRun: there is no such queue.
    """
    missing = UnknownRun(f"Work queue with id {queue_id} not found")
    seen, queue = old_queues.find(store, queue_id, missing)
    due = list(_waiting(store, seen, queue, now))
    late = (run.state_name == LATE for _, run in _still_scheduled(store, due))
    return sum(late), seen.polls.get(queue.id)


def _waiting(
    store: Store, seen: SeenPool, queue: WorkQueue, until: datetime | None
) -> Iterator[ScheduledRun]:
    polled = PollStore.of(store).poll(seen.name, until, None)
    return _known(polled.scheduled, {queue.id}) if polled else iter(())
