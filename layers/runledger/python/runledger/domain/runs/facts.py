"""What filters, orders and counts look at: the part of a task run that indexes carry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.runs.states import StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import Value


class TaskRunFacts(Value):
    """A task run, as far as a criterion or an order can ask about it."""

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
    """How long a run was in RUNNING; all its times are in microseconds, instants since 1970.

    `taken` is its total, or of a run that `is_running` the instant at which it would have begun,
    had it been in RUNNING without a break: what stays the same while its total grows.
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
        entered: datetime,
        total: timedelta,
        expected: datetime | None,
    ) -> Duration:
        """Return the duration of a run that entered its state then, after so much RUNNING."""
        is_running, spent = state_type == StateType.RUNNING, total // MICROSECOND
        # A clock that went back may have made a total negative: such a run took no time.
        taken = microseconds(entered) - spent if is_running else max(spent, 0)
        return cls(is_running, taken, microseconds(expected) if expected else None, run_id)

    def rank(self, now: datetime, *, reverse: bool) -> tuple[int, ...]:
        """Return where the run stands.

        Runs that took as long follow (expected start, id) downwards, whether the order itself goes
        upwards or, in `reverse`, downwards.
        """
        taken = microseconds(now) - self.taken if self.is_running else self.taken
        ties = (self.expected is not None, self.expected or 0, self.run_id.int)
        return (taken, *(tie if reverse else -tie for tie in ties))


def microseconds(instant: datetime) -> int:
    """Return an instant as microseconds since 1970, exactly."""
    return (instant - EPOCH) // MICROSECOND


def duration(facts: TaskRunFacts) -> Duration:
    """Return how long a task run was in RUNNING."""
    return Duration.of(
        facts.id,
        state_type=facts.state_type,
        entered=facts.state_timestamp,
        total=facts.total_run_time,
        expected=facts.expected_start_time,
    )
