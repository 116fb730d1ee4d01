"""Runs for a polling worker, compared with a plain reckoning of the same rules."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from runledger.domain.work_pools import creation, polling
from runledger.domain.work_pools.polling import HeldSlot, ScheduledRun, handed_out, open_queues
from runledger.domain.work_pools.pools import PoolWithQueues, WorkPool, WorkQueue, WorkQueueStatus
from runledger.domain.work_pools.slot_holders import PageRequest
from runledger.domain.work_pools.workers import PoolWorker, WorkerStatus

NOW = datetime(2030, 1, 1, tzinfo=UTC)
LIMITS = st.one_of(st.none(), st.integers(0, 3))


class PoolScene(NamedTuple):
    """A pool, the runs that wait in it in the order of time, and those that hold slots."""

    document: PoolWithQueues
    scheduled: list[ScheduledRun]
    held: list[HeldSlot]


@st.composite
def worlds(draw: st.DrawFn) -> PoolScene:
    numbers = range(1, draw(st.integers(1, 3)) + 1)
    queues = tuple(
        WorkQueue(
            id=UUID(int=number),
            created=NOW,
            updated=NOW,
            name=f"q{number}",
            priority=number,
            is_paused=draw(st.booleans()) and number > 1,
            concurrency_limit=draw(LIMITS),
        )
        for number in numbers
    )
    pool = WorkPool(
        id=UUID(int=99),
        created=NOW,
        updated=NOW,
        name="p",
        default_queue_id=UUID(int=1),
        concurrency_limit=draw(LIMITS),
    )
    owners = st.sampled_from(numbers)
    waiting = draw(st.lists(owners, max_size=8))
    slots = draw(st.lists(st.tuples(owners, st.booleans()), max_size=4))
    return PoolScene(
        PoolWithQueues(pool=pool, queues=queues),
        [ScheduledRun(UUID(int=n), UUID(int=owner), str(n)) for n, owner in enumerate(waiting)],
        [HeldSlot(UUID(int=n), UUID(int=owner), gone) for n, (owner, gone) in enumerate(slots)],
    )


def reckoned(world: PoolScene, limit: int) -> list[UUID]:
    """Fill the slots of each queue by time, then those of the pool by priority and time."""
    counting = [slot for slot in world.held if not slot.cancelling]
    active = Counter(slot.queue_id for slot in counting)
    chosen: list[tuple[int, str, UUID]] = []
    for queue in world.document.queues:
        own = [run for run in world.scheduled if run.queue_id == queue.id]
        room = len(own)
        if queue.concurrency_limit is not None:
            room = max(queue.concurrency_limit - active[queue.id], 0)
        if not queue.is_paused:
            chosen += [(queue.priority, run.time, run.run_id) for run in own[:room]]
    whole = world.document.pool.concurrency_limit
    room = len(chosen) if whole is None else max(whole - len(counting), 0)
    return [run_id for _, _, run_id in sorted(chosen)][: min(room, limit)]


@given(worlds(), st.integers(1, 4))
@settings(max_examples=60)
def test_a_poll_keeps_all_limits_and_the_order_of_priorities(world: PoolScene, limit: int) -> None:
    queues = open_queues(world.document, None)
    known = {queue.id for queue in queues}
    waiting = [run for run in world.scheduled if run.queue_id in known]
    found = handed_out(world.document, queues, iter(waiting), held=world.held, limit=limit)
    assert [run.run_id for run in found] == reckoned(world, limit)


def document(**fields: object) -> PoolWithQueues:
    pool = WorkPool(
        id=UUID(int=9), created=NOW, updated=NOW, name="p", default_queue_id=UUID(int=1)
    )
    return creation.new_pool(pool.replace(**fields))


def test_a_paused_pool_hands_out_nothing() -> None:
    assert open_queues(document(is_paused=True), None) == []
    assert open_queues(document(), {UUID(int=5)}) == []


def test_slots_are_counted_only_where_there_is_a_limit() -> None:
    free, limited = document(), document(concurrency_limit=0)
    assert not polling.has_limit(free, free.queues)
    assert polling.has_limit(limited, limited.queues)


def test_one_queue_is_read_only_as_far_as_needed() -> None:
    """Of a long backlog, a worker with room for two reads two."""
    read: list[int] = []

    def backlog() -> object:
        for number in range(1000):
            read.append(number)
            yield ScheduledRun(UUID(int=number), UUID(int=1), f"{number:04}")

    alone = document()
    found = handed_out(alone, alone.queues, backlog(), held=[], limit=2)  # type: ignore[arg-type]
    assert [run.run_id.int for run in found] == [0, 1]
    assert len(read) <= 3


def test_polls_are_recorded_now_and_then() -> None:
    queues = document().queues
    (queue,) = queues
    assert polling.unrecorded(queues, {}, NOW) == [queue.id]
    a_moment_ago = {queue.id: NOW - timedelta(seconds=19)}
    assert polling.unrecorded(queues, a_moment_ago, NOW) == []
    assert polling.unrecorded(queues, {queue.id: NOW - timedelta(seconds=21)}, NOW) == [queue.id]


def test_a_queue_is_ready_while_it_is_polled() -> None:
    (queue,) = document().queues
    for seconds, status in ((60, WorkQueueStatus.READY), (61, WorkQueueStatus.NOT_READY)):
        polled = polling.was_polled(NOW - timedelta(seconds=seconds), NOW)
        assert queue.status(was_polled=polled) == status
    assert queue.replace(status_paused=True).status(was_polled=True) == WorkQueueStatus.PAUSED
    assert not polling.was_polled(None, NOW)


def test_a_worker_that_misses_three_heartbeats_is_offline() -> None:
    worker = PoolWorker(
        id=UUID(int=1),
        created=NOW,
        updated=NOW,
        name="w",
        work_pool_id=UUID(int=9),
        last_heartbeat_time=NOW,
    )
    assert worker.status(NOW + timedelta(seconds=90)) == WorkerStatus.ONLINE
    assert worker.status(NOW + timedelta(seconds=91)) == WorkerStatus.OFFLINE
    quick = worker.replace(heartbeat_interval_seconds=1)
    assert quick.status(NOW + timedelta(seconds=4)) == WorkerStatus.OFFLINE


def test_pages_of_slots_are_cut_like_other_pages() -> None:
    page = PageRequest(page=3, limit=2)
    assert (list(range(9))[page.slice], page.pages(9), PageRequest(1, 0).pages(9)) == ([4, 5], 5, 0)
