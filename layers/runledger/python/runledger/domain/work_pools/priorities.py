"""Priorities of a pool's queues: numbers from 1 on, of which no two queues have the same."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from runledger.domain.work_pools.pools import WorkQueue


def first_free(taken: Collection[int]) -> int:
    """Return the priority of a new queue that names none."""
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def rearranged(
    queues: Sequence[WorkQueue], now: datetime, moved: UUID | None = None
) -> tuple[WorkQueue, ...]:
    """Return the queues after one of them was given a priority; others give way where they must.

    The one that has moved comes before the one that had its priority.
    """
    in_order = sorted(queues, key=lambda queue: (queue.priority, queue.id != moved))
    return tuple(_spread(in_order, now))


def _spread(queues: Sequence[WorkQueue], now: datetime) -> Iterator[WorkQueue]:
    last = 0
    for queue in queues:
        if queue.priority > last:
            last = queue.priority
            yield queue
        else:
            last += 1
            yield queue.replace(priority=last, updated=now)
