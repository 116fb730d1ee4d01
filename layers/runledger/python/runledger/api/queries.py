"""Bodies of searches: named parameters, shared by all nouns (docs/contract/task-runs.md 3.5).

Each body inherits its parts. Its fields are in the order of the reference's errors: the fields of
the last base class come first.
"""

from datetime import timedelta
from typing import Annotated, Protocol

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from runledger.domain.errors import Invalid
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.runs.history import Timeline
from runledger.domain.sorting import Page, Sort, TaskRunSort
from runledger.domain.values import UtcTime, Value

MAX_RUNS = 200

# The reference fails beyond these; no table has as many runs, and no history is as long.
MAX_OFFSET = 2**63 - 1
MAX_INTERVAL_SECONDS = 1e11

WHOLE_NUMBER: TypeAdapter[int] = TypeAdapter(int, config=ConfigDict(defer_build=True))


def check_limit(given: object) -> object:
    """Check the range of a limit, before the rest of the body.

    Raises:
        Invalid: it is out of range.
    """
    try:
        limit = WHOLE_NUMBER.validate_python(given)
    except ValidationError:
        return given
    if limit < 0:
        raise Invalid("Invalid limit: must be greater than or equal to 0.")
    if limit > MAX_RUNS:
        raise Invalid(f"Invalid limit: must be less than or equal to {MAX_RUNS}.")
    return limit


Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET)]
PageNumber = Annotated[int, Field(ge=1, le=MAX_OFFSET)]
IntervalSeconds = Annotated[float, Field(le=MAX_INTERVAL_SECONDS)]
Limit = Annotated[int, BeforeValidator(check_limit)]


class Filtered(Value):
    """The four filters of a search."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None

    def criteria(self) -> Criteria:
        return Criteria.model_construct(
            flows=self.flows,
            flow_runs=self.flow_runs,
            task_runs=self.task_runs,
            deployments=self.deployments,
        )


class Sorted(Protocol):
    """A search with an order and a limit."""

    @property
    def sort(self) -> Sort: ...
    @property
    def limit(self) -> int: ...


class Limited(Value):
    limit: Limit = MAX_RUNS


class Skipping(Value):
    """A search with an offset."""

    offset: Offset = 0

    def to_page(self: "SortedAndSkipping") -> Page:
        return Page(self.sort.order, self.offset, self.limit)


class Paged(Value):
    """A search for a page by its number."""

    page: PageNumber = 1

    def to_page(self: "SortedAndPaged") -> Page:
        offset = min((self.page - 1) * self.limit, MAX_OFFSET)
        return Page(self.sort.order, offset, self.limit)


class SortedAndSkipping(Sorted, Protocol):
    @property
    def offset(self) -> int: ...


class SortedAndPaged(Sorted, Protocol):
    @property
    def page(self) -> int: ...


class Spanning(Value):
    """A history's range and intervals."""

    history_start: UtcTime
    history_end: UtcTime
    history_interval_seconds: IntervalSeconds

    def timeline(self) -> Timeline:
        """Return the intervals.

        Raises:
            Invalid: they are too short, or end after the last possible time.
        """
        if self.history_interval_seconds < 1:
            raise Invalid("History interval must not be less than 1 second.")
        step = timedelta(seconds=self.history_interval_seconds)
        timeline = Timeline(self.history_start, self.history_end, step)
        try:
            _ = timeline.last
        except OverflowError:
            raise Invalid("History must end before the year 10000.") from None
        return timeline


class TaskRunsSorted(Value):
    sort: TaskRunSort = TaskRunSort.ID_DESC


class ReadTaskRuns(Filtered, Skipping, TaskRunsSorted, Limited):
    """POST /task_runs/filter."""


class PaginateTaskRuns(Filtered, Paged, TaskRunsSorted, Limited):
    """POST /task_runs/paginate."""


class CountTaskRuns(Filtered):
    """POST /task_runs/count."""


class TaskRunHistory(Filtered, Spanning):
    """POST /task_runs/history."""
