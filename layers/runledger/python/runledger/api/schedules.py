"""Request bodies of schedules (docs/contract/neighbours.md 5)."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field, RootModel, field_validator

from runledger.api.bodies import Body
from runledger.domain.deployments.run_schedule import Bounds
from runledger.domain.deployments.schedules import AnyTiming, ScheduleRequest
from runledger.domain.values import Value

MAX_SCHEDULED_RUNS = 50

# A start and this do not end beyond the calendar.
MAX_DURATION = timedelta(days=365 * 1000)

Positive = Annotated[int, Field(gt=0)]


class ScheduleUpdate(Body):
    """A schedule in a PATCH: it updates the one of the path or of the slug, or is new."""

    active: bool | None = None
    schedule: AnyTiming | None = None
    max_scheduled_runs: Positive | None = None
    parameters: dict[str, Any] = {}
    slug: str | None = None
    replaces: str | None = None

    @field_validator("max_scheduled_runs")
    @classmethod
    def bound_scheduled_runs(cls, number: int | None) -> int | None:
        """Refuse the numbers that the reference refuses, although nothing here uses them."""
        if number is not None and number > MAX_SCHEDULED_RUNS:
            raise ValueError(
                f"`max_scheduled_runs` must be less than or equal to {MAX_SCHEDULED_RUNS}."
            )
        return number

    def to_request(self) -> ScheduleRequest:
        fields = ScheduleRequest.model_fields
        return ScheduleRequest.model_construct(**{name: getattr(self, name) for name in fields})


class ScheduleCreate(ScheduleUpdate):
    """A schedule of a new deployment."""

    active: bool = True
    schedule: AnyTiming


class SchedulesCreate(RootModel[list[ScheduleCreate]]):
    """POST /deployments/{id}/schedules."""

    def to_requests(self) -> list[ScheduleRequest]:
        return [schedule.to_request() for schedule in self.root]


def in_utc_by_default(time: datetime) -> datetime:
    """Return the time, in UTC if it has no zone."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)


UtcByDefault = Annotated[datetime, AfterValidator(in_utc_by_default)]


class ScheduleDeployment(Value):
    """POST /deployments/{id}/schedule: from when and to when, at least and at most."""

    start_time: UtcByDefault | None = None
    end_time: UtcByDefault | None = None
    min_time: Annotated[float, Field(json_schema_extra={"format": "time-delta"})] | None = None
    min_runs: int | None = None
    max_runs: int | None = None

    def bounds(self, now: datetime) -> Bounds:
        """Return the bounds, by default those of the schedules' own runs."""
        start = self.start_time or now
        given: dict[str, Any] = {
            "min_runs": self.min_runs,
            "max_runs": self.max_runs,
            "min_time": None if self.min_time is None else duration(self.min_time),
            "max_time": self.end_time and self.end_time - start,
        }
        return Bounds(**{name: value for name, value in given.items() if value is not None})


def duration(seconds: float) -> timedelta:
    """Return a duration; one beyond the calendar is as long as can be."""
    try:
        return timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return MAX_DURATION
