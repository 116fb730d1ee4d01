"""Events in the table."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

from runledger.domain.errors import OutOfTime
from runledger.domain.events.events import ReceivedEvent
from runledger.domain.filters.events import EventFilter, EventOrder
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed, DeadlineExceeded
from runledger.store.dynamodb.expressions import ABSENT, in_partition
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Item, Put
from runledger.store.schema import keys, sort_keys
from runledger.store.search_result import SearchResult
from runledger.store.store import Shards, Store

if TYPE_CHECKING:
    from runledger.domain.events.stored_events import StoredEvent

A = TypeVar("A")

# Partitions of a day for each of an index: a run has an event for each of its states.
SHARDS_PER_INDEX_SHARD = 2

# Events in the first pages of a day's partitions, together.
PAGE = 100

PATH = "by_occurred"
TOO_LONG = "The search takes longer than a request may. Narrow it by one of these: filter.occurred."


@dataclass
class Counted(Iterator["StoredEvent"]):
    """Yields events and counts those that were read."""

    events: Iterator[StoredEvent]
    count: int = 0

    def __next__(self) -> StoredEvent:
        """Return the next one."""
        event = next(self.events)
        self.count += 1
        return event


class EventStore(NamedTuple):
    """Events in the table, which expire after `retention`."""

    table: Table
    shards: Shards
    retention: timedelta

    @classmethod
    def of(cls, store: Store) -> Self:
        shards = Shards(*(SHARDS_PER_INDEX_SHARD * number for number in store.index_shards))
        return cls(store.table, shards, store.event_retention)

    def add(self, event: ReceivedEvent) -> None:
        """Store an event, unless it is stored already."""
        with suppress(ConditionFailed):
            self.table.write(self._put(event))

    def has(self, event: ReceivedEvent) -> bool:
        """Return whether an event is stored, as last acknowledged."""
        return self.table.read(keys.event(event, self.shards.written)) is not None

    def stored(self, added: Sequence[Change]) -> list[ReceivedEvent]:
        """Return the events of changes, with the pieces of large ones."""
        items = [change.new for change in added if change.new]
        return list(map(read, self.table.assembler.each_whole(items)))

    def between(self, since: datetime, until: datetime) -> Iterator[ReceivedEvent]:
        """Yield the events from one instant to another, in order, each as last acknowledged."""
        return map(read, self._between(since, until))

    def _between(
        self, since: datetime, until: datetime, *, reverse: bool = False
    ) -> Iterator[Item]:
        range_ = sort_keys.between(since, until)
        for partitions in keys.event_days(since, until, self.shards.read, reverse=reverse):
            page = max(1, PAGE // len(partitions))
            found = self.table.query_each(
                Query(in_partition(pk, range_), reverse=reverse, page=page) for pk in partitions
            )
            yield from heapq.merge(*found, key=itemgetter("sk"), reverse=reverse)

    def aggregate(
        self, wanted: EventFilter, summary: Callable[[Iterator[StoredEvent]], A], now: datetime
    ) -> SearchResult[A]:
        """Summarize the matching events in the filter's order; all events of its time are read.

        Raises:
            OutOfTime: the table's deadline came before all were read.
        """
        from runledger.domain.events.stored_events import StoredEvent  # noqa: PLC0415 searches only

        since = max(wanted.occurred.since, now - self.retention)
        reverse = wanted.order == EventOrder.DESC
        found = self._between(since, wanted.occurred.until, reverse=reverse)
        read = Counted(StoredEvent(items.read_fields(item)) for item in found)
        kept = Counted(filter(wanted.matches, read))
        try:
            return SearchResult(summary(kept), PATH, read.count, kept.count)
        except DeadlineExceeded as exceeded:
            raise OutOfTime(
                TOO_LONG, SearchResult(None, PATH, read.count, 0).log_fields()
            ) from exceeded

    def _put(self, event: ReceivedEvent) -> Put:
        item = keys.event(event, self.shards.written)._asdict() | {
            "body": event.model_dump_json(),
            "expires_at": int((event.received + self.retention).timestamp()),
        }
        return Put(item, ABSENT)


def read(item: Item) -> ReceivedEvent:
    """Read an event from its item."""
    return items.read_document(ReceivedEvent, item)
