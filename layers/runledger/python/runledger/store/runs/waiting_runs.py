"""Task runs that wait: those in a state of type SCHEDULED."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Self

from runledger.domain.runs.states import StateType
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query, Table
from runledger.store.runs.state_counts import StateCountStore
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.store import Store


class WaitingRunStore(NamedTuple):
    """The waiting task runs in the table."""

    table: Table
    shards: int

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards.read)

    def number(self) -> int:
        """Return how many there are, as far as the stream has counted them."""
        waiting = StateType.SCHEDULED
        return StateCountStore(self.table).totals(keys.TASK_RUN, {waiting})[waiting]

    def due_since(self, now: datetime) -> datetime | None:
        """Return the earliest expected start that is over; None if no waiting run is due."""
        due = sort_keys.between(None, now)
        partitions = keys.state_shards(keys.TASK_RUN, [StateType.SCHEDULED], self.shards)
        queries = [
            Query(in_index(indexes.BY_STATE, partition, due), indexes.BY_STATE.name, page=1)
            for partition in partitions
        ]
        first = [next(entries, None) for entries in self.table.query_each(queries)]
        times = [sort_keys.time_of(entry["expected_start"]) for entry in first if entry]
        return min(filter(None, times), default=None)
