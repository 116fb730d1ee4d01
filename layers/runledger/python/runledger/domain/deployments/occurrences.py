"""The times at which schedules start runs.

As the reference computes them: see docs/contract/schedules.md. croniter takes 50 ms to import, so
only those who follow a cron expression import it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain, islice

from runledger.domain.deployments import rrules
from runledger.domain.deployments.schedules import (
    AnyTiming,
    CronSchedule,
    IntervalSchedule,
    RRuleSchedule,
)
from runledger.domain.deployments.time_zones import zone

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)

# Times that are tried from the start on: a schedule may have fewer.
MAX_TRIED = 1002


def occurrences(timing: AnyTiming, start: datetime) -> Iterator[datetime]:
    """Yield the times of a schedule from an instant on, in its zone; none if it means nothing.

    Only a schedule that was stored before schedules were checked can mean nothing.
    """
    found, start = _zone(timing), start.astimezone(UTC)
    if found is None:
        return
    try:
        for time in islice(_distinct(_instants(timing, found, start), start), MAX_TRIED):
            yield time.astimezone(found)
    except (OverflowError, ValueError):  # the end of the calendar, or no schedule
        return


def _distinct(instants: Iterable[datetime], start: datetime) -> Iterator[datetime]:
    """Yield the instants from `start` on, each once."""
    seen: set[datetime] = set()
    for instant in instants:
        if instant >= start and instant not in seen:
            seen.add(instant)
            yield instant


def _zone(timing: AnyTiming) -> tzinfo | None:
    """Return the zone of a schedule: only cron expressions have UTC by default."""
    if not timing.timezone and not isinstance(timing, CronSchedule):
        return None
    return zone(timing.timezone)


def _instants(timing: AnyTiming, zone: tzinfo, start: datetime) -> Iterator[datetime]:
    if isinstance(timing, CronSchedule):
        return _of_cron(timing, zone, start)
    if isinstance(timing, RRuleSchedule):
        return rrules.follow(timing.rrule, str(zone), start)
    return _of_interval(timing, zone, start)


def _of_cron(timing: CronSchedule, zone: tzinfo, start: datetime) -> Iterator[datetime]:
    """Yield each wall-clock time of the expression once: the first time that the clock shows it.

    A time that the clock skips comes as much later.
    """
    from croniter import CroniterBadDateError, croniter  # noqa: PLC0415

    local = start.astimezone(zone)
    skipped = max(_offset(local) - _offset(local - DAY), timedelta(0))
    before = local.replace(tzinfo=None, microsecond=0) - SECOND - skipped
    with suppress(CroniterBadDateError):  # there is no further one
        for time in croniter(timing.cron, before, ret_type=datetime, day_or=timing.day_or):
            yield time.replace(tzinfo=zone).astimezone(UTC)


def _offset(time: datetime) -> timedelta:
    return time.utcoffset() or timedelta(0)


def _of_interval(timing: IntervalSchedule, zone: tzinfo, start: datetime) -> Iterator[datetime]:
    """Yield the anchor and what follows in steps: of elapsed time, or of days on the clock.

    Days are counted on the clock of the zone. A step into an hour that the clock skips ends as much
    later, and so do those that follow.
    """
    anchor, interval = timing.anchor_date.astimezone(zone), timing.interval
    if interval < DAY or (interval % DAY == timedelta(0) and str(zone) == "UTC"):
        anchor = anchor.astimezone(UTC)
        return _elapsed(anchor + (start - anchor) // interval * interval, interval)
    if interval % DAY:
        first = anchor.astimezone(UTC) + (start - anchor) // interval * interval
        return _steps(first.astimezone(zone), interval)
    if start < anchor:
        return _before_anchor(anchor, interval, start)
    return _steps(anchor, interval)


def _elapsed(time: datetime, interval: timedelta) -> Iterator[datetime]:
    while True:
        yield time
        time += interval


def _steps(time: datetime, interval: timedelta) -> Iterator[datetime]:
    while True:
        yield time.astimezone(UTC)
        time = later_by(time, interval)


def _before_anchor(anchor: datetime, interval: timedelta, start: datetime) -> Iterator[datetime]:
    """Yield the times up to a future anchor, each counted back from it, and those that follow."""
    count = (anchor - start) // interval + 1
    earlier = (later_by(anchor, -number * interval) for number in range(count, 0, -1))
    return chain((time.astimezone(UTC) for time in earlier), _steps(anchor, interval))


def is_shown(time: datetime) -> bool:
    """Return whether the clock of the zone shows this time on its day."""
    return time.astimezone(UTC).astimezone(time.tzinfo).replace(tzinfo=None) == time.replace(
        tzinfo=None
    )


def later_by(time: datetime, distance: timedelta) -> datetime:
    """Return the time when the clock has advanced so much: the later one if it shows it twice."""
    wall = (time.replace(tzinfo=None) + distance).replace(tzinfo=time.tzinfo, fold=0)
    if not is_shown(wall):
        return wall.astimezone(UTC).astimezone(time.tzinfo)
    return wall.replace(fold=1)
