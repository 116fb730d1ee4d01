"""Bodies of named parameters that ask for lists (contract, task-runs 3.5)."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from runledger.domain.errors import Invalid
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.history import Timeline
from runledger.domain.sorting import ORDERS, Page, TaskRunSort
from runledger.domain.values import UtcTime, Value

MOST_RUNS = 200

# Beyond these the reference fails; no table has as many runs, and no history is as long.
MOST_OFFSET = 2**63 - 1
MOST_INTERVAL_SECONDS = 1e11

WHOLE_NUMBER: TypeAdapter[int] = TypeAdapter(int)


def check_limit(given: object) -> object:
    """Check the range of a limit, before anything else is checked about the body.

    Raises:
        Invalid: it is out of range.
    """
    try:
        limit = WHOLE_NUMBER.validate_python(given)
    except ValidationError:
        return given
    if limit < 0:
        raise Invalid("Invalid limit: must be greater than or equal to 0.")
    if limit > MOST_RUNS:
        raise Invalid(f"Invalid limit: must be less than or equal to {MOST_RUNS}.")
    return limit


Offset = Annotated[int, Field(ge=0, le=MOST_OFFSET)]
PageNumber = Annotated[int, Field(ge=1, le=MOST_OFFSET)]
IntervalSeconds = Annotated[float, Field(le=MOST_INTERVAL_SECONDS)]
Limit = Annotated[int, BeforeValidator(check_limit)]


class ReadTaskRuns(Value):
    """POST /task_runs/filter; the order of the fields is that of the reference's errors."""

    limit: Limit = MOST_RUNS
    sort: TaskRunSort = TaskRunSort.ID_DESC
    offset: Offset = 0
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None

    def part(self) -> Page:
        """Return which part is asked for, in which order."""
        return Page(ORDERS[self.sort], self.offset, self.limit)


class PaginateTaskRuns(Value):
    """POST /task_runs/paginate."""

    limit: Limit = MOST_RUNS
    sort: TaskRunSort = TaskRunSort.ID_DESC
    page: PageNumber = 1
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None

    def part(self) -> Page:
        """Return which part is asked for, in which order."""
        return Page(ORDERS[self.sort], (self.page - 1) * self.limit, self.limit)


class CountTaskRuns(Value):
    """POST /task_runs/count."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None


class TaskRunHistory(Value):
    """POST /task_runs/history."""

    history_start: UtcTime
    history_end: UtcTime
    history_interval_seconds: IntervalSeconds
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None

    def timeline(self) -> Timeline:
        """Return the intervals asked for.

        Raises:
            Invalid: they are too short, or end after all time.
        """
        return timeline(self.history_start, self.history_end, self.history_interval_seconds)


def timeline(start: datetime, end: datetime, interval_seconds: float) -> Timeline:
    """Return the intervals of a history.

    Raises:
        Invalid: they are too short, or end after all time.
    """
    if interval_seconds < 1:
        raise Invalid("History interval must not be less than 1 second.")
    asked = Timeline(start, end, timedelta(seconds=interval_seconds))
    try:
        _ = asked.last
    except OverflowError:
        raise Invalid("History must end before the year 10000.") from None
    return asked


def criteria(asked: ReadTaskRuns | PaginateTaskRuns | CountTaskRuns | TaskRunHistory) -> Criteria:
    """Return which runs are wanted."""
    return Criteria.model_construct(
        flows=asked.flows,
        flow_runs=asked.flow_runs,
        task_runs=asked.task_runs,
        deployments=asked.deployments,
    )
