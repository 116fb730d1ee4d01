"""Keys of events: the days that they occurred on, each in a few partitions, in the order of time.

Not in an index, so that who begins to listen misses none: what was written before is found in the
table, what is written after that is handed on.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from runledger.domain.events import Event
from runledger.store import keys, places
from runledger.store.keys import Key
from runledger.store.places import join

EVENTS = "EVENTS"

DAY = timedelta(days=1)


def event(told: Event, shards: int) -> Key:
    number = keys.shard_of(told.id, shards)
    return Key(
        _partition(_day(told.occurred), number), join(places.instant(told.occurred), told.id)
    )


def partitions(since: datetime, until: datetime, shards: int) -> Iterator[tuple[str, ...]]:
    """The partitions of each day from one instant to another, the first day first."""
    day = _day(since)
    while day <= _day(until):
        yield tuple(_partition(day, number) for number in range(shards))
        day += DAY


def _partition(day: date, number: int) -> str:
    return join(EVENTS, day, number)


def _day(time: datetime) -> date:
    return time.astimezone(UTC).date()
