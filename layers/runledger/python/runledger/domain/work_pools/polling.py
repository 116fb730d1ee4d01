"""Choice of the runs that a polling worker gets (docs/contract/work-pools.md 3).

A run gets a free slot of its queue by its scheduled time, and a free slot of the pool by the
priority of its queue and its scheduled time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.work_pools.pools import PoolWithQueues, WorkQueue

# Runs of a queue, and of a pool, that a poll takes into account.
MAX_RANKED = 1000

# A queue that was not polled for this time is not ready.
POLL_TIMEOUT = timedelta(seconds=60)

# A poll is recorded if the last recorded one is older than this: most polls write nothing, and a
# queue that is polled every half minute stays ready.
POLL_PRECISION = timedelta(seconds=20)


class Poll(NamedTuple):
    """A worker's request; without names of queues, for runs of all of them."""

    queue_names: Sequence[str] = ()
    until: datetime | None = None
    since: datetime | None = None
    limit: int = MAX_RANKED


class HandedOut(NamedTuple):
    """A run that a worker may start."""

    pool_id: UUID
    queue_id: UUID
    run: FlowRunFacts


class ScheduledRun(NamedTuple):
    """A run that waits in a queue; its time sorts as text does."""

    run_id: UUID
    queue_id: UUID
    time: str


class HeldSlot(NamedTuple):
    """A run that holds a slot of its queue."""

    run_id: UUID
    queue_id: UUID
    cancelling: bool = False


def was_polled(last: datetime | None, now: datetime) -> bool:
    """Return whether a queue was polled a short time ago."""
    return last is not None and now - last <= POLL_TIMEOUT


def unrecorded(
    queues: Iterable[WorkQueue], polls: Mapping[UUID, datetime], now: datetime
) -> list[UUID]:
    """Return the queues whose present poll is worth a record."""
    return [
        queue.id
        for queue in queues
        if queue.id not in polls or now - polls[queue.id] > POLL_PRECISION
    ]


def open_queues(document: PoolWithQueues, wanted: AbstractSet[UUID] | None) -> list[WorkQueue]:
    """Return the queues that hand out runs: none of a paused pool, nor a paused one."""
    if document.pool.is_paused:
        return []
    return [
        queue
        for queue in document.by_priority
        if not queue.is_paused and (wanted is None or queue.id in wanted)
    ]


def has_limit(document: PoolWithQueues, queues: Iterable[WorkQueue]) -> bool:
    """Return whether the pool or one of the queues has a limit, so that slots count."""
    limits = [document.pool.concurrency_limit, *(queue.concurrency_limit for queue in queues)]
    return any(limit is not None for limit in limits)


def handed_out(
    document: PoolWithQueues,
    queues: Sequence[WorkQueue],
    scheduled: Iterable[ScheduledRun],
    *,
    held: Iterable[HeldSlot],
    limit: int,
) -> list[ScheduledRun]:
    """Return the runs that a worker may start, the most urgent first.

    `scheduled` are in the order of time, and read only as far as needed.
    """
    active = Counter(slot.queue_id for slot in held if not slot.cancelling)
    free = {queue.id: _free(queue.concurrency_limit, active[queue.id]) for queue in queues}
    room = min(_free(document.pool.concurrency_limit, active.total()), limit)
    ranks = {queue.id: rank for rank, queue in enumerate(queues)}
    within_limits = _within(scheduled, free)
    if len(queues) > 1:
        within_limits = iter(
            sorted(within_limits, key=lambda run: (ranks[run.queue_id], run.time, run.run_id.int))
        )
    return [run for _, run in zip(range(room), within_limits, strict=False)]


def _free(limit: int | None, active: int) -> int:
    return MAX_RANKED if limit is None else min(max(limit - active, 0), MAX_RANKED)


def _within(scheduled: Iterable[ScheduledRun], free: Mapping[UUID, int]) -> Iterator[ScheduledRun]:
    """Yield the runs for which their queues have free slots, until no queue has any."""
    left = dict(free)
    for run in scheduled:
        if not any(left.values()):
            return
        if left.get(run.queue_id, 0) > 0:
            left[run.queue_id] -= 1
            yield run
