"""Which runs the schedules of a deployment have next, and when to look again.

The numbers are the reference's: see docs/contract/schedules.md 3.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.deployments.occurrences import occurrences
from runledger.domain.deployments.schedules import AnyTiming, Schedule
from runledger.domain.runs.timers import LATE_AFTER

AUTO_SCHEDULED = "auto-scheduled"


class Bounds(NamedTuple):
    """The wanted number of times of a schedule, and their span: until both minimums are met."""

    min_runs: int = 3
    max_runs: int = 100
    min_time: timedelta = timedelta(hours=1)
    max_time: timedelta = timedelta(days=100)


DEFAULT = Bounds()

# The last time of a schedule that has no more.
ENDED = datetime.max.replace(tzinfo=UTC)


class Times(NamedTuple):
    """The next times of a schedule, and when there are too few of them; None: never again."""

    times: tuple[datetime, ...]
    look_again: datetime | None


NO_MORE = Times((), None)


class ComingRun(NamedTuple):
    """A run that a schedule wants."""

    time: datetime
    schedule: Schedule

    @property
    def idempotency_key(self) -> str:
        schedule = self.schedule
        return f"scheduled {schedule.deployment_id} {schedule.id} {self.time}"

    def created_by(self) -> dict[str, str]:
        """Return what the run says of the schedule that created it."""
        schedule = self.schedule
        shown = schedule.slug or type(schedule.schedule).__name__
        return {"id": str(schedule.id), "type": "SCHEDULE", "display_value": shown}


class RunPlan(NamedTuple):
    """The runs that are missing, the first one first, and when to look again.

    `ended` is to be remembered of the schedules that have no more times.
    """

    runs: tuple[ComingRun, ...]
    look_again: datetime | None
    ended: Mapping[str, datetime] = {}


def next_times(timing: AnyTiming, start: datetime, bounds: Bounds = DEFAULT) -> Times:
    """Return the times of a schedule that are to have runs."""
    end, enough = start + bounds.max_time, start + bounds.min_time
    times: list[datetime] = []
    for time in islice(occurrences(timing, start), max(bounds.max_runs, 1)):
        if time > end:
            return Times(tuple(times), time.astimezone(UTC) - bounds.max_time)
        times.append(time)
        if len(times) >= bounds.min_runs and time >= enough:
            break
    fewest = max(bounds.min_runs, 1)
    if len(times) < fewest:
        return Times(tuple(times), None)
    # There are too few as soon as one of the last is over, or the last is near.
    few, last = (time.astimezone(UTC) for time in (times[-fewest], times[-1]))
    return Times(tuple(times), min(few + LATE_AFTER, last - bounds.min_time))


def plan(deployment: Deployment, filled: Mapping[str, datetime], now: datetime) -> RunPlan:
    """Return the runs that a deployment's schedules want and that were not created before.

    A schedule that has no more times is not followed again: for some, that takes long.
    """
    found = [
        (one, next_times(one.schedule, now))
        for one in deployment.active_schedules()
        if filled.get(str(one.id)) != ENDED
    ]
    ended = {str(one.id): ENDED for one, coming in found if coming == NO_MORE}
    missing = [
        ComingRun(time, schedule)
        for schedule, (times, _) in found
        for time in times
        if str(schedule.id) not in filled or time > filled[str(schedule.id)]
    ]
    again = [look_again for _, (_, look_again) in found if look_again]
    return RunPlan(_in_order(missing), min(again, default=None), ended)


def wanted_between(
    deployment: Deployment, start: datetime, bounds: Bounds
) -> tuple[ComingRun, ...]:
    """Return the runs that a request wants of the active schedules, whether paused or not."""
    return _in_order(
        ComingRun(time, schedule)
        for schedule in deployment.schedules
        if schedule.active
        for time in next_times(schedule.schedule, start, bounds).times
    )


def late_at(run: ComingRun) -> datetime:
    """Return when a run is late that has not begun."""
    return run.time.astimezone(UTC) + LATE_AFTER


def _in_order(runs: Iterable[ComingRun]) -> tuple[ComingRun, ...]:
    # Two times in one zone are compared by their clock.
    return tuple(sorted(runs, key=lambda run: run.time.astimezone(UTC)))
