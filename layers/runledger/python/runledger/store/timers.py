"""Items that say when something is to be done: a tick reads those that are due.

A flow run whose state ends by time alone has one, written with that state. It stays when the run
leaves the state, for that costs less than to remove it in the same transaction: who finds it looks
at the run. Only that of a late run is removed with the state, since nothing ever makes it due, and
any with its run.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Self

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.timers import LATE_AFTER, expiry_of, is_coming
from runledger.store import items
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Put, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store


class TimerStore(NamedTuple):
    """The timers in the table."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def due(self, now: datetime, page: int | None = None) -> Iterator[Key]:
        """Yield the timers that are due, the first one first."""
        where = in_partition(keys.TIMERS, keys.timers_until(now))
        found = self.table.query(Query(where, page=page, attributes=Key._fields))
        return map(keys.of, found)

    def remove(self, timers: Iterable[Key]) -> None:
        self.table.remove_unordered(timers)


def new_run_writes(run: FlowRun, version: int | None = None) -> list[Write]:
    """Return the writes of a new run's timer, with the version of what created it."""
    key = timer_of(run)
    return [Put(items.new_item(key, points_to=str(run.id), version=version))] if key else []


def update_writes(seen: FlowRun, run: FlowRun) -> list[Write]:
    """Return the writes that give a run that was read the timer of its new state."""
    before, after = timer_of(seen), timer_of(run)
    if before == after:
        return []
    is_late = before is not None and keys.is_overdue(before)
    return [*(deletion_writes(seen) if is_late else ()), *new_run_writes(run)]


def deletion_writes(run: FlowRun) -> list[Write]:
    """Return the writes that remove a run's timer."""
    key = timer_of(run)
    return [Delete(key)] if key else []


def timer_of(run: FlowRun) -> Key | None:
    """Return the key of a run's timer; a run that a schedule created is with its deployment."""
    expiry = expiry_of(run)
    if run.deployment_id and is_coming(run):
        if expiry is None:
            return keys.overdue(run.deployment_id, run.id)
        return keys.coming(run.deployment_id, expiry.at - LATE_AFTER, run.id)
    return keys.timer(keys.FLOW_RUN, expiry.at, run.id) if expiry else None
