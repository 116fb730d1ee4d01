"""Finished runs that leave some time after their end, with all runs under them.

A timer is an item that expires. It is set at the end of a run that is in no other run: a flow run
without a parent task run, or a task run without a flow run. When DynamoDB removes the timer, which
it does late, the table's stream tells, and the run is looked at: a timer decides nothing. The runs
themselves have no time to live: DynamoDB would not ask whether the runs under them have ended.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import TERMINAL
from runledger.store import items
from runledger.store.dynamodb.expressions import in_index, in_partition
from runledger.store.dynamodb.large_documents import DOCUMENT
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table, chunks
from runledger.store.dynamodb.writes import Delete, Item, Put
from runledger.store.flow_run_additions import END_ATTRIBUTES
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.schema import indexes, keys
from runledger.store.schema.keys import Key
from runledger.store.store import Shards, Store

# What tells of a run whether it has ended, and whether there are runs under it.
ATTRIBUTES = (*END_ATTRIBUTES, DOCUMENT, "subflow_runs")

# Runs that are read at a time.
PAGE = 256

# The pause until a run is looked at again that may not leave yet.
PAUSE = timedelta(days=1)


class RetentionStore(NamedTuple):
    """Timers of finished runs, which leave after the `period`; None: they stay for good."""

    table: Table
    shards: Shards
    period: timedelta | None

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards, store.run_retention)

    def set_timers(self, changes: Iterable[Change], now: datetime) -> None:
        """Set the timers of the runs that ended with one of the changes."""
        if self.period is None:
            return
        # A run that has started again keeps its timer, which decides nothing: later changes may be
        # repeated ones, of before its end.
        ends: dict[Key, datetime] = {}
        for change in filter(_is_of_run, changes):
            ended = end_of_root(change.new)
            if ended and ended != end_of_root(change.old):
                ends[change.key] = ended
        self.table.write_unordered([self._timer(run, ended, now) for run, ended in ends.items()])

    def set_all_timers(self, now: datetime) -> int:
        """Set the timers of all finished runs that are in no other run; return their number."""
        entries = self._finished_runs()
        ends = ((keys.of(entry), _end_of_listed_root(entry)) for entry in entries)
        timers = (self._timer(run, ended, now) for run, ended in ends if ended)
        number = 0
        for some in chunks(timers, PAGE):
            self.table.write_unordered(some)
            number += len(some)
        return number

    def _finished_runs(self) -> Iterator[Item]:
        """Yield the entries of all finished runs in the index by state."""
        for kind in keys.RUNS:
            for shard in keys.state_shards(kind, TERMINAL, self.shards.read):
                where = in_index(indexes.BY_STATE, shard, None)
                yield from self.table.query(Query(where, indexes.BY_STATE.name, whole=False))

    def set_timer(self, run: Key, ended: datetime, now: datetime) -> None:
        """Set the timer of a run that ended."""
        self.table.write(self._timer(run, ended, now))

    def repeat_now(self, run: Key, now: datetime) -> None:
        """Let the stream look at a run again, after its pending records."""
        self.table.write(_expiring(run, int(now.timestamp())))
        self.table.write(Delete(keys.retention(run)))

    def repeat_later(self, run: Key, now: datetime) -> None:
        """Let the stream look at a run again after a pause."""
        self.table.write(_expiring(run, int((now + PAUSE).timestamp())))

    def _timer(self, run: Key, ended: datetime, now: datetime) -> Put:
        # In whole seconds, since a client's time may be at the end of the calendar. DynamoDB takes
        # times for none that are more than five years ago.
        period = int((self.period or timedelta(0)).total_seconds())
        return _expiring(run, max(int(ended.timestamp()) + period, int(now.timestamp())))

    def end_of_root(self, run: Key) -> datetime | None:
        """Return when a run ended; None if it is not there, not finished, or in another run."""
        return end_of_root(self.table.read_many([run], whole=False).get(run))

    def is_past(self, ended: datetime | None, now: datetime) -> bool:
        """Return whether a run that ended then may leave."""
        return bool(ended and self.period and ended <= now - self.period)

    def has_past(self, run: FlowRun, now: datetime) -> bool:
        """Return whether a flow run may leave, if there are no runs under it."""
        return run.state_type in TERMINAL and self.is_past(run.end_time, now)

    def may_leave(self, item: Item, now: datetime) -> bool:
        """Return whether a task run may leave: there is no run under it, either."""
        return self.is_past(items.end_of(item), now) and not item.get("subflow_runs")

    def flow_runs_under(self, root: Key, now: datetime) -> list[UUID] | None:
        """Return a run's flow runs, parents first; None if some run under it may not leave yet."""
        flow_runs: list[UUID] = []
        rest = [iter([root])]
        while rest:
            some = list(islice(rest[-1], PAGE))
            if not some:
                rest.pop()
                continue
            found = self.table.read_many(some, ATTRIBUTES, whole=False).values()
            if not all(self.is_past(items.end_of(item), now) for item in found):
                return None
            flow_runs += [_id_of(item) for item in found if item["sk"] == keys.FLOW_RUN]
            rest += [self._under(item) for item in found if _has_runs_under_it(item)]
        return flow_runs

    def _under(self, item: Item) -> Iterator[Key]:
        """Yield the task runs of a flow run, or the subflow runs of a task run."""
        if item["sk"] == keys.FLOW_RUN:
            claims = FlowRunStore(self.table, self.shards).claims(_id_of(item), page=PAGE)
            return (keys.task_run(claim.task_run_id) for claim in claims)
        links = self.table.query(Query(in_partition(item["pk"], keys.under(keys.SUBFLOW))))
        return (keys.flow_run(items.pointed_to(link)) for link in links)


def end_of_root(item: Item | None) -> datetime | None:
    """Return when a run ended that is in no other run; None of any other one."""
    ended = items.end_of(item) if item else None
    return ended if item and ended and not _is_in_a_run(item) else None


def _end_of_listed_root(entry: Item) -> datetime | None:
    """Return the same of the entry of a finished run."""
    fields = items.read_filtered_fields(entry)
    is_in_a_run = fields.get("flow_run_id") or fields.get("parent_task_run_id")
    ended = fields.get("end_time")
    return datetime.fromisoformat(ended) if ended and not is_in_a_run else None


def _is_in_a_run(item: Item) -> bool:
    if item["sk"] == keys.TASK_RUN:
        return "owner" in item
    return "parent_task_run_id" in items.read_fields(item)


def _is_of_run(change: Change) -> bool:
    return keys.is_run(change.key)


def _has_runs_under_it(item: Item) -> bool:
    return item["sk"] == keys.FLOW_RUN or bool(item.get("subflow_runs"))


def _id_of(item: Item) -> UUID:
    _, run_id = keys.entity_of(keys.of(item))
    return run_id


def _expiring(run: Key, seconds: int) -> Put:
    return Put(keys.retention(run)._asdict() | {"expires_at": seconds})
