"""The facts of a task run: the fields in indexes, for filters, orders and counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.runs.states import StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import Value


class TaskRunFacts(Value):
    """The fields of a task run that criteria and orders use."""

    id: UUID
    created: datetime
    name: str
    flow_run_id: UUID | None = None
    tags: tuple[str, ...] = ()
    state_type: StateType
    state_name: str
    state_timestamp: datetime
    expected_start_time: datetime | None = None
    next_scheduled_start_time: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    total_run_time: timedelta = timedelta(0)
    subflow_runs: int = 0

    @classmethod
    def of(cls, run: TaskRun, *, subflow_runs: int = 0) -> TaskRunFacts:
        """Extract the facts; `subflow_runs` counts the flow runs that name this run as parent."""
        if run.state is None:
            raise ValueError(f"task run {run.id} has no state yet")
        facts: dict[str, Any] = {field: getattr(run, field, None) for field in cls.model_fields}
        facts |= {"state_timestamp": run.state.timestamp, "subflow_runs": subflow_runs}
        return cls.model_construct(None, **facts)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Duration(NamedTuple):
    """A run's time in RUNNING; all times are in microseconds, instants since 1970.

    `taken` is the total. For a run that `is_running` it is the instant of the start, had the run
    been in RUNNING without a break: it does not change while the total grows.
    """

    is_running: bool
    taken: int
    expected: int | None
    run_id: UUID

    @classmethod
    def of(
        cls,
        run_id: UUID,
        *,
        state_type: StateType | None,
        since: datetime,
        total: timedelta,
        expected: datetime | None,
    ) -> Duration:
        """Return the duration of a run in its state since `since`, after `total` in RUNNING."""
        is_running, spent = state_type == StateType.RUNNING, total // MICROSECOND
        # A clock that was set back may make a total negative: it counts as zero.
        taken = microseconds(since) - spent if is_running else max(spent, 0)
        return cls(is_running, taken, microseconds(expected) if expected else None, run_id)

    def rank(self, now: datetime, *, reverse: bool) -> tuple[int, ...]:
        """Return the run's rank.

        Runs of one duration are in descending order of (expected start, id), whether the order
        itself ascends or, in `reverse`, descends.
        """
        taken = microseconds(now) - self.taken if self.is_running else self.taken
        ties = (self.expected is not None, self.expected or 0, self.run_id.int)
        return (taken, *(tie if reverse else -tie for tie in ties))


def microseconds(instant: datetime) -> int:
    """Return an instant as microseconds since 1970, exactly."""
    return (instant - EPOCH) // MICROSECOND


def duration(facts: TaskRunFacts) -> Duration:
    """Return a task run's time in RUNNING."""
    return Duration.of(
        facts.id,
        state_type=facts.state_type,
        since=facts.state_timestamp,
        total=facts.total_run_time,
        expected=facts.expected_start_time,
    )
