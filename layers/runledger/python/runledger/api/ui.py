"""Request and response bodies of the UI's own endpoints (docs/contract/clients.md 6)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from runledger.api.flow_queries import Pooled
from runledger.api.queries import Filtered, Skipping
from runledger.domain.documents import Document
from runledger.domain.errors import Invalid
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.fields import Id, Type
from runledger.domain.filters.task_runs import TaskRunFilter, TaskRunState
from runledger.domain.filters.work_pools import WorkQueueFilter
from runledger.domain.runs.dashboard import Window
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.states import TERMINAL, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import FlowRunSort
from runledger.domain.values import MICROSECOND, Value, microseconds

MAX_SIMPLE_RUNS = 1_000
NO_TASK_RUN = TaskRunFilter(id=Id(any_=[]))


class UITaskRun(TaskRun):
    """A task run with its flow run's name."""

    flow_run_name: str | None = None

    @classmethod
    def of(cls, run: Document[TaskRun], flow_run_name: str | None) -> "Document[UITaskRun]":
        return Document({**run, "flow_run_name": flow_run_name})


class CountTaskRunsByFlowRun(Value):
    """POST /ui/flow_runs/count-task-runs."""

    flow_run_ids: list[UUID]


class CountTaskRunsByState(Filtered):
    """POST /ui/task_runs/count."""


class CountByState(Value):
    """The number of runs by state type, in the order of the wire."""

    COMPLETED: int = 0
    PENDING: int = 0
    RUNNING: int = 0
    FAILED: int = 0
    CANCELLED: int = 0
    CRASHED: int = 0
    PAUSED: int = 0
    CANCELLING: int = 0
    SCHEDULED: int = 0


class AboutTaskRuns(Value):
    task_runs: TaskRunFilter


class DashboardTaskRunCounts(Pooled, AboutTaskRuns):
    """POST /ui/task_runs/dashboard/counts."""

    task_runs: TaskRunFilter
    work_queues: WorkQueueFilter | None = None

    def ended_criteria(self) -> Criteria:
        """Return the criteria of task runs that have ended; none has a work pool."""
        is_terminal = TaskRunState(type=Type(any_=list(TERMINAL)))
        ended = self.task_runs.model_copy(update={"state": is_terminal})
        is_of_pool = self.work_pools is not None or self.work_queues is not None
        return self.criteria().replace(task_runs=NO_TASK_RUN if is_of_pool else ended)

    def window(self, now: datetime) -> Window:
        """Return the window of the runs' start times.

        Raises:
            Invalid: it has no beginning.
        """
        period = self.task_runs.start_time
        if period is None or period.after_ is None:
            raise Invalid("task_runs.start_time.after_ is required")
        return Window.of(period.after_, period.before_ or now)


class ByFlow(Value):
    """POST /ui/flows/count-deployments and POST /ui/flows/next-runs."""

    flow_ids: list[UUID]


class NextRun(Value):
    """The next run of a flow."""

    id: UUID
    flow_id: UUID
    name: str
    state_name: str | None
    state_type: StateType | None
    next_scheduled_start_time: datetime | None

    @classmethod
    def of(cls, run: FlowRunFacts) -> "NextRun":
        return cls(**{field: getattr(run, field) for field in cls.model_fields})


class SimplySorted(Value):
    sort: FlowRunSort = FlowRunSort.EXPECTED_START_TIME_DESC


class SimplyLimited(Value):
    limit: Annotated[int, Field(ge=0, le=MAX_SIMPLE_RUNS)] = MAX_SIMPLE_RUNS


class ReadFlowRunHistory(Pooled, Skipping, SimplyLimited, SimplySorted):
    """POST /ui/flow_runs/history."""


class SimpleFlowRun(Value):
    """A dot in the history: a run's actual or expected start, and its duration."""

    id: UUID
    state_type: StateType | None
    timestamp: datetime | None
    duration: timedelta
    lateness: timedelta

    @classmethod
    def of(cls, run: FlowRunFacts, now: datetime) -> "SimpleFlowRun":
        """Return the dot of a flow run, with its estimates."""
        sample, at = run.sample(), microseconds(now)
        return cls(
            id=run.id,
            state_type=run.state_type,
            timestamp=run.start_time or run.expected_start_time,
            duration=(sample.time_running(at) if sample else 0) * MICROSECOND,
            lateness=(sample.lateness(at) if sample else 0) * MICROSECOND,
        )


class ValidateObject(Value):
    """POST /ui/schemas/validate."""

    json_schema: dict[str, Any] = Field(alias="schema")
    values: dict[str, Any]


class SchemaValuePropertyError(Value):
    """An error of a property of an object, or of one below it."""

    property: str
    errors: "list[SchemaValueError]"


class SchemaValueIndexError(Value):
    """An error of an item of a list, or of one below it."""

    index: int
    errors: "list[SchemaValueError]"


SchemaValueError = str | SchemaValuePropertyError | SchemaValueIndexError


class SchemaValuesValidationResponse(Value):
    """The errors of values, in the places where the site's form shows them."""

    errors: list[SchemaValueError]
    valid: bool

    @classmethod
    def of(cls, problems: Iterable[tuple[Sequence[str | int], str]]) -> Self:
        """Return the problems, each of which has its path in the values and its message."""
        errors: list[dict[str, Any] | str] = []
        for path, message in problems:
            _insert(errors, path, message)
        return cls.model_validate({"errors": errors, "valid": not errors})


def _insert(errors: list[Any], path: Sequence[str | int], message: str) -> None:
    """Add a message at its place in a tree of errors.

    As on the reference, the last step of a path is a new entry even if there is one.
    """
    if not path:
        errors.append(message)
        return
    step, *rest = path
    place = {"index" if isinstance(step, int) else "property": step}
    known = (
        entry for entry in errors if isinstance(entry, dict) and place.items() <= entry.items()
    )
    entry = next(known, None) if rest else None
    if entry is None:
        entry = {**place, "errors": []}
        errors.append(entry)
    _insert(entry["errors"], rest, message)
