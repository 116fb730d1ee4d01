"""Schedules of deployments: `occurrences` has their times.

See docs/contract/schedules.md.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, ValidationInfo, model_validator
from pydantic_core import PydanticKnownError

from runledger.domain.deployments import rrules, time_zones
from runledger.domain.values import Time, Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Expressions of croniter that have another time in each process.
RANDOM = {"r", "h"}


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


def validate_timezone(timing: Z, info: ValidationInfo) -> Z:
    """Refuse unknown names of zones in requests; the reference's 422s have this function's name."""
    if info.context and timing.timezone and not time_zones.is_zone(timing.timezone):
        raise ValueError(
            f'Invalid timezone: "{timing.timezone}"'
            " (specify in IANA tzdata format, for example, America/New_York)"
        )
    return timing


def contains_zone(timezone: str | None, info: ValidationInfo) -> str | None:
    """Refuse, in requests, a text that has no zone in it: more is not asked of an rrule's."""
    if info.context and timezone is not None and not time_zones.contains_zone(timezone):
        raise PydanticKnownError("string_pattern_mismatch", {"pattern": time_zones.pattern()})
    return timezone


def valid_cron(cron: str, info: ValidationInfo) -> str:
    """Refuse, in requests, an expression that means nothing, or another thing in each process."""
    if not info.context:
        return cron
    from croniter import croniter  # noqa: PLC0415 - it takes 50 ms

    if not croniter.is_valid(cron):
        raise ValueError(f'Invalid cron string: "{cron}"')
    if not RANDOM.isdisjoint(cron.casefold().split()):
        raise ValueError(f'Random and Hashed expressions are unsupported, received: "{cron}"')
    return cron


def valid_rrule(rrule: str, info: ValidationInfo) -> str:
    """Refuse, in requests, a text that is no rule."""
    if info.context:
        rrules.check(rrule)
    return rrule


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

    cron: Annotated[str, AfterValidator(valid_cron)]
    timezone: str | None = None
    day_or: bool = True

    _zoned = model_validator(mode="after")(validate_timezone)


class RRuleSchedule(Timing):
    """Follows an iCalendar rule."""

    rrule: Annotated[str, AfterValidator(valid_rrule)]
    timezone: Annotated[str | None, AfterValidator(contains_zone)] = "UTC"

    def anchored(self, now: datetime) -> Self:
        """Return the rule with a start."""
        zone = time_zones.zone(self.timezone) or UTC
        return self.replace(rrule=rrules.with_start(self.rrule, zone, now))


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
