"""Schedules of deployments: stored and returned, they start no runs.

See docs/contract/neighbours.md 5.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, model_validator

from runledger.domain.values import Time, Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The characters of IANA's names; whether a zone exists is not checked.
ZONE = re.compile(r"[A-Za-z0-9_+/-]*")


def positive(interval: timedelta) -> timedelta:
    """Refuse an interval that is not positive."""
    if interval <= timedelta(0):
        raise ValueError("interval must be positive")
    return interval


class Timing(Value):
    """The times of a schedule: one of three classes, distinguished by their keys."""

    model_config = ConfigDict(extra="forbid")

    def anchored(self, now: datetime) -> Self:
        """Return the timing with defaults for the missing fields that depend on `now`."""
        del now
        return self

    def without_nulls(self) -> Self:
        """Return the timing with nulls replaced by defaults."""
        return type(self)(**self.model_dump(exclude_none=True))


class Zoned(Protocol):
    """A timing that may have a time zone."""

    @property
    def timezone(self) -> str | None: ...


Z = TypeVar("Z", bound=Zoned)


def validate_timezone(timing: Z) -> Z:
    """Refuse impossible names of zones; the reference's 422s contain this function's name."""
    if timing.timezone and not ZONE.fullmatch(timing.timezone):
        raise ValueError(
            f'Invalid timezone: "{timing.timezone}"'
            " (specify in IANA tzdata format, for example, America/New_York)"
        )
    return timing


class IntervalSchedule(Timing):
    """Repeats after an interval."""

    interval: Annotated[timedelta, AfterValidator(positive)]
    anchor_date: Time = EPOCH
    timezone: str | None = None

    _zoned = model_validator(mode="after")(validate_timezone)

    def anchored(self, now: datetime) -> Self:
        """Return the timing, by default anchored at `now` and in UTC."""
        anchor = self.anchor_date if "anchor_date" in self.model_fields_set else now
        zone = "UTC" if self.timezone is None else self.timezone
        return self.replace(anchor_date=anchor, timezone=zone)


class CronSchedule(Timing):
    """Follows a cron expression."""

    cron: str
    timezone: str | None = None
    day_or: bool = True

    _zoned = model_validator(mode="after")(validate_timezone)


class RRuleSchedule(Timing):
    """Follows an iCalendar rule."""

    rrule: str
    timezone: str | None = "UTC"


AnyTiming = IntervalSchedule | CronSchedule | RRuleSchedule


class Schedule(Value):
    """A schedule of a deployment; its fields are in the order of the wire."""

    id: UUID
    created: datetime
    updated: datetime
    deployment_id: UUID
    schedule: AnyTiming
    active: bool = True
    max_scheduled_runs: int | None = None
    parameters: dict[str, Any] = {}
    slug: str | None = None


class ScheduleRequest(Value):
    """A requested schedule; without a timing it keeps that of the existing schedule."""

    schedule: AnyTiming | None
    active: bool | None
    max_scheduled_runs: int | None
    parameters: dict[str, Any]
    slug: str | None
    replaces: str | None
