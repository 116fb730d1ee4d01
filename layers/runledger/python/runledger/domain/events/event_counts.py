"""Counts of events by spans of time, by name, or by resource (docs/contract/clients.md 6)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil, floor
from typing import NamedTuple

from runledger.domain.errors import Invalid
from runledger.domain.events.events import RESOURCE_ID, AnyEvent
from runledger.domain.values import Value

# Every span starts at a multiple of its length from here, a Monday.
PIVOT = datetime(2024, 4, 1, tzinfo=UTC)
MAX_SPANS = 1_000
TICK = timedelta.resolution
BEYOND_TIME = "The given interval reaches beyond the years 1 to 9999. Please decrease it."


class Countable(StrEnum):
    """The groups of a count; `day` means the same as `time`."""

    DAY = "day"
    TIME = "time"
    EVENT = "event"
    RESOURCE = "resource"


class TimeUnit(StrEnum):
    """Units of time, listed as in the reference's errors."""

    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"

    @property
    def length(self) -> timedelta:
        return timedelta(**{f"{self}s": 1})


class EventCount(Value):
    """The number of events of one group, and their range of time."""

    value: str
    label: str
    count: int
    start_time: datetime
    end_time: datetime


class Spans(NamedTuple):
    """Spans of one length between two instants, until the present."""

    since: datetime
    until: datetime
    unit: TimeUnit
    interval: float

    @property
    def step(self) -> timedelta:
        return self.unit.length * self.interval

    def check(self) -> None:
        """Check the length and the number of spans.

        Raises:
            Invalid: they are too long, or too many.
        """
        try:
            number = ceil((self.until - self.since) / self.step)
        except OverflowError:
            raise Invalid(BEYOND_TIME) from None
        if number > MAX_SPANS:
            raise Invalid(
                f"The given interval would create {number} buckets, which is too many. Please"
                " increase the interval or reduce the time range to produce"
                f" {MAX_SPANS} buckets or fewer."
            )

    def starts(self, now: datetime) -> Iterator[datetime]:
        """Yield the start of each span."""
        end = self.until if self.until <= now else _end(now, self.unit)
        start = PIVOT + self.step * self.number(self.since)
        while start < end:
            yield start
            start += self.step

    def number(self, instant: datetime) -> int:
        """Return the number of the span of an instant."""
        return floor((instant - PIVOT) / self.step)


def by_time(events: Iterable[AnyEvent], spans: Spans, now: datetime) -> list[EventCount]:
    """Count events by the time at which they occurred; empty spans are included.

    Raises:
        Invalid: a span begins before the first possible time, or ends after the last.
    """
    try:
        return _by_time(events, spans, now)
    except OverflowError:
        raise Invalid(BEYOND_TIME) from None


def _by_time(events: Iterable[AnyEvent], spans: Spans, now: datetime) -> list[EventCount]:
    counts = Counter(spans.number(event.occurred) for event in events)
    first = spans.number(spans.since)
    return [
        EventCount(
            value=str(number),
            label=start.isoformat(),
            count=counts[first + number],
            start_time=start,
            end_time=start + spans.step - TICK,
        )
        for number, start in enumerate(spans.starts(now))
    ]


def by_name(events: Iterable[AnyEvent]) -> list[EventCount]:
    return _count_by(events, lambda event: (event.event, event.event))


def by_resource(events: Iterable[AnyEvent]) -> list[EventCount]:
    """Count events by their resource; the label is the resource's latest name."""
    return _count_by(events, lambda event: (event.resource[RESOURCE_ID], _label(event.resource)))


def _count_by(
    events: Iterable[AnyEvent], attributes_of: Callable[[AnyEvent], tuple[str, str]]
) -> list[EventCount]:
    groups = defaultdict(list)
    for event in events:
        value, label = attributes_of(event)
        groups[value].append((event.occurred, label))
    counts = (
        EventCount(
            value=value,
            label=max(group)[1],
            count=len(group),
            start_time=min(group)[0],
            end_time=max(group)[0],
        )
        for value, group in groups.items()
    )
    return sorted(counts, key=lambda count: (-count.count, count.label))


def _label(resource: Mapping[str, str]) -> str:
    names = ("prefect.resource.name", "prefect.name", RESOURCE_ID)
    return next(resource[name] for name in names if name in resource)


def _end(now: datetime, unit: TimeUnit) -> datetime:
    """Return the end of the current unit of the calendar."""
    passed = (now - PIVOT) // unit.length
    return PIVOT + unit.length * (passed + 1) - TICK
