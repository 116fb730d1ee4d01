"""Schedules in bodies about deployments (contract, neighbours 5)."""

from typing import Annotated, Any

from pydantic import Field, RootModel, field_validator

from runledger.api.bodies import Body
from runledger.domain.deployments.schedules import AnyTiming, ScheduleAsked

MAX_SCHEDULED_RUNS = 50

Positive = Annotated[int, Field(gt=0)]


class ScheduleUpdate(Body):
    """A schedule in a PATCH: it changes the one of the path or of its slug, or is a new one."""

    active: bool | None = None
    schedule: AnyTiming | None = None
    max_scheduled_runs: Positive | None = None
    parameters: dict[str, Any] = {}
    slug: str | None = None
    replaces: str | None = None

    @field_validator("max_scheduled_runs")
    @classmethod
    def bound_scheduled_runs(cls, number: int | None) -> int | None:
        """Refuse what the reference does, though here nothing goes by this number."""
        if number is not None and number > MAX_SCHEDULED_RUNS:
            raise ValueError(
                f"`max_scheduled_runs` must be less than or equal to {MAX_SCHEDULED_RUNS}."
            )
        return number

    def asked(self) -> ScheduleAsked:
        """Return what is wanted."""
        fields = ScheduleAsked.model_fields
        return ScheduleAsked.model_construct(**{name: getattr(self, name) for name in fields})


class ScheduleCreate(ScheduleUpdate):
    """A schedule of a new deployment."""

    active: bool = True
    schedule: AnyTiming


class SchedulesCreate(RootModel[list[ScheduleCreate]]):
    """POST /deployments/{id}/schedules."""

    def asked(self) -> list[ScheduleAsked]:
        """Return what is wanted."""
        return [schedule.asked() for schedule in self.root]
