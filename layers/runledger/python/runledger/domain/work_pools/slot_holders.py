"""The runs that hold slots of a pool or of a queue."""

from collections.abc import Sequence
from typing import NamedTuple

from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.work_pools.pools import PoolWithQueues, WorkQueue


class PageRequest(NamedTuple):
    """A page by its number, from 1 on, and its length."""

    page: int
    limit: int

    @property
    def slice(self) -> slice:
        first = (self.page - 1) * self.limit
        return slice(first, first + self.limit)

    def pages(self, count: int) -> int:
        """Return the number of pages of so many entries."""
        return -(-count // self.limit) if self.limit else 0


class QueueSlots(NamedTuple):
    """A queue, the number of its slots that are held, and some of the runs that hold them."""

    queue: WorkQueue
    active: int
    runs: Sequence[FlowRunFacts]


class PoolSlots(NamedTuple):
    """A pool, the number of its slots that are held, and those of a page of its queues."""

    document: PoolWithQueues
    active: int
    queues: Sequence[QueueSlots]
