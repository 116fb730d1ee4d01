"""Keys of events: the days that they occurred on, each in a few partitions, in the order of time.

Not in an index, so that who begins to listen misses none: what was written before is found in the
table, what is written after that is handed on.
"""

from datetime import UTC, date, datetime, timedelta

from runledger.domain.events.events import Event
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.keys import Key
from runledger.store.schema.sort_keys import join

EVENTS = "EVENTS"

DAY = timedelta(days=1)


def event(event: Event, shards: int) -> Key:
    number = keys.shard_of(event.id, shards)
    return Key(
        _partition(_day(event.occurred), number), join(sort_keys.instant(event.occurred), event.id)
    )


def days(since: datetime, until: datetime, shards: int) -> list[tuple[str, ...]]:
    """The partitions of each day from one instant to another, the first day first.

    A time that ends before it begins has none: DynamoDB refuses such a range of sort keys.
    """
    first = _day(since)
    count = (_day(until) - first).days + 1 if since <= until else 0
    return [
        tuple(_partition(first + number * DAY, shard) for shard in range(shards))
        for number in range(count)
    ]


def _partition(day: date, number: int) -> str:
    return join(EVENTS, day, number)


def _day(time: datetime) -> date:
    return time.astimezone(UTC).date()
