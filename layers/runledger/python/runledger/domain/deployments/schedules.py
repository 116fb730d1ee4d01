"""Schedules of deployments: kept and shown, they start nothing here.

See docs/contract/neighbours.md 5.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, model_validator

from runledger.domain.values import Time, Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What every name of the IANA's is made of; that there is such a zone is not looked up.
ZONE = re.compile(r"[A-Za-z0-9_+/-]*")


def positive(interval: timedelta) -> timedelta:
    """Refuse what never gets anywhere."""
    if interval <= timedelta(0):
        raise ValueError("interval must be positive")
    return interval


class Timing(Value):
    """When to start; which of the three kinds it is shows in the keys."""

    model_config = ConfigDict(extra="forbid")

    def anchored(self, now: datetime) -> Self:
        """Return it with what it was sent without and needs to be repeatable."""
        del now
        return self

    def without_nulls(self) -> Self:
        """Return it as if what is null had not been sent."""
        return type(self)(**self.model_dump(exclude_none=True))


class Zoned(Protocol):
    """What may name a time zone."""

    @property
    def timezone(self) -> str | None: ...


Z = TypeVar("Z", bound=Zoned)


def validate_timezone(timing: Z) -> Z:
    """Refuse what can be no zone; the name of this shows in the reference's 422s."""
    if timing.timezone and not ZONE.fullmatch(timing.timezone):
        raise ValueError(
            f'Invalid timezone: "{timing.timezone}"'
            " (specify in IANA tzdata format, for example, America/New_York)"
        )
    return timing


class IntervalSchedule(Timing):
    """Again and again after an interval."""

    interval: Annotated[timedelta, AfterValidator(positive)]
    anchor_date: Time = EPOCH
    timezone: str | None = None

    _zoned = model_validator(mode="after")(validate_timezone)

    def anchored(self, now: datetime) -> Self:
        """Return it counting from now and in UTC, where nothing else was sent."""
        anchor = self.anchor_date if "anchor_date" in self.model_fields_set else now
        zone = "UTC" if self.timezone is None else self.timezone
        return self.replace(anchor_date=anchor, timezone=zone)


class CronSchedule(Timing):
    """By a cron expression."""

    cron: str
    timezone: str | None = None
    day_or: bool = True

    _zoned = model_validator(mode="after")(validate_timezone)


class RRuleSchedule(Timing):
    """By an iCalendar rule."""

    rrule: str
    timezone: str | None = "UTC"


AnyTiming = IntervalSchedule | CronSchedule | RRuleSchedule


class Schedule(Value):
    """A schedule of a deployment; its fields in the order of the wire."""

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
    """A schedule as a client wants it; where there is a timing missing, that of the known one."""

    schedule: AnyTiming | None
    active: bool | None
    max_scheduled_runs: int | None
    parameters: dict[str, Any]
    slug: str | None
    replaces: str | None
