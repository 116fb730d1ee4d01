"""Events in the table."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from runledger.domain.events import ReceivedEvent
from runledger.store import event_keys, items, places
from runledger.store.expressions import ABSENT, in_partition
from runledger.store.failures import Refused
from runledger.store.table import Query, Table
from runledger.store.writes import Item, Put, Write

# Events of a partition that are read at once, at first.
PAGE = 50


@dataclass(frozen=True)
class EventStore:
    """What is asked of the table about events, which are kept for a while."""

    table: Table
    shards: int
    retention: timedelta

    def keep(self, event: ReceivedEvent, *writes: Write) -> bool:
        """Store an event together with what follows from it; return whether it was a new one.

        Nothing is written of one that is known.

        Raises:
            Refused: what follows from it met something else than it expected.
        """
        try:
            self.table.write(*writes, self._put(event))
        except Refused as refused:
            is_known, _ = refused.met[-1]
            if not is_known:
                raise
            return False
        return True

    def between(
        self, since: datetime, until: datetime, *, reverse: bool = False
    ) -> Iterator[ReceivedEvent]:
        """Yield what occurred from one instant to another, in order, each as last acknowledged."""
        range_ = places.between(since, until)
        days = event_keys.days(since, until, self.shards)
        for partitions in reversed(days) if reverse else days:
            found = (
                self.table.query(Query(in_partition(pk, range_), reverse=reverse, page=PAGE))
                for pk in partitions
            )
            for item in heapq.merge(*found, key=lambda item: str(item["sk"]), reverse=reverse):
                yield read(item)

    def _put(self, event: ReceivedEvent) -> Put:
        item = event_keys.event(event, self.shards)._asdict() | {
            "body": event.model_dump_json(),
            "expires_at": int((event.received + self.retention).timestamp()),
        }
        return Put(item, ABSENT)


def read(item: Item) -> ReceivedEvent:
    """Read an event from its item."""
    return items.read_document(ReceivedEvent, item)
