"""Request bodies of schedules (docs/contract/neighbours.md 5)."""

from typing import Annotated, Any

from pydantic import Field, RootModel, field_validator

from runledger.api.bodies import Body
from runledger.domain.deployments.schedules import AnyTiming, ScheduleRequest

MAX_SCHEDULED_RUNS = 50

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
