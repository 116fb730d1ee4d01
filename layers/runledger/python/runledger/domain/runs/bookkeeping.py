"""The counts, times and durations that follow from a run's states.

See docs/contract/orchestration.md 4.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from runledger.domain.runs.states import TERMINAL, State, StateType, state_id_of
from runledger.domain.values import MICROSECOND, microseconds

if TYPE_CHECKING:
    from runledger.domain.runs.facts import RunFacts
    from runledger.domain.runs.flow_runs import FlowRun
    from runledger.domain.runs.task_runs import TaskRun

Run = TypeVar("Run", "TaskRun", "FlowRun")

ZERO = timedelta(0)
SECOND = 1_000_000
"""In microseconds."""
TICK = timedelta(microseconds=1)

# Times in a run's columns: a later read returns them in UTC.
COLUMNS = ("cache_expiration", "expected_start_time", "next_scheduled_start_time")


def record(run: Run, new_state: State, *, now: datetime) -> Run:
    """Return the run in its new state, with its counts, times and durations.

    The state's id, which is random, gets the beginning of the run's: it leads to the run.
    """
    state = run.own(new_state).replace(id=state_id_of(run.id, new_state.id))
    return run.replace(
        **run.counting(state),
        updated=now,
        state=state,
        state_id=state.id,
        state_type=state.type,
        state_name=state.name,
        total_run_time=run.total_run_time + _time_spent_running(run, state),
        expected_start_time=run.expected_start_time or _expected_start_time(state),
        next_scheduled_start_time=_scheduled_time(state),
        start_time=run.start_time or _start_time(state),
        end_time=_end_time(run.end_time, state),
    )


def _time_spent_running(run: TaskRun | FlowRun, new_state: State) -> timedelta:
    if run.state is None or run.state.type != StateType.RUNNING:
        return ZERO
    return new_state.timestamp - run.state.timestamp


def _scheduled_time(state: State) -> datetime | None:
    return state.state_details.scheduled_time if state.type == StateType.SCHEDULED else None


def _expected_start_time(state: State) -> datetime:
    return _scheduled_time(state) or state.timestamp


def _start_time(state: State) -> datetime | None:
    begun = state.type == StateType.RUNNING or state.type in TERMINAL
    return state.timestamp if begun else None


def _end_time(before: datetime | None, state: State) -> datetime | None:
    # The first end stays when another terminal state follows.
    return (before or state.timestamp) if state.type in TERMINAL else None


def next_moment(run: TaskRun | FlowRun, now: datetime) -> datetime:
    """Return now, or a microsecond after the current state: no two states share a timestamp."""
    return max(now, run.state.timestamp + TICK) if run.state else now


def mirrored(child: FlowRun, state: State, *, onto: TaskRun) -> State:
    """Return the copy of a subflow run's state for its parent task run.

    See docs/contract/neighbours.md 4.
    """
    details = state.state_details.replace(child_flow_run_id=child.id)
    return state.replace(state_details=details, timestamp=next_moment(onto, state.timestamp))


class Sample(NamedTuple):
    """The times of a run in its state since `since`: instants and durations in microseconds."""

    expected: int | None
    started: int | None
    state_type: str
    state_name: str
    since: int
    total_run_time: int

    @classmethod
    def of(
        cls,
        run: TaskRun | FlowRun | RunFacts[Any],
        state_type: str,
        state_name: str,
        since: datetime,
    ) -> Sample:
        """Return the times of a run that is in a state since an instant."""
        return cls(
            microseconds(run.expected_start_time) if run.expected_start_time else None,
            microseconds(run.start_time) if run.start_time else None,
            state_type,
            state_name,
            microseconds(since),
            run.total_run_time // MICROSECOND,
        )

    def time_running(self, now: int) -> int:
        """Return the time in RUNNING: the total, and that of the present state up to now."""
        # The reader's clock may be behind the writer's.
        running = max(now - self.since, 0) if self.state_type == StateType.RUNNING else 0
        return self.total_run_time + running

    def lateness(self, now: int) -> int:
        """Return the delay of a run's start or, before it, the time for which it is overdue."""
        if self.expected is None or (self.started is None and self.state_type in TERMINAL):
            return 0
        return max((now if self.started is None else self.started) - self.expected, 0)


def as_of(run: Run, now: datetime) -> Run:
    """Return the run with its estimates, which each read computes."""
    if run.state is None:
        return run
    sample = Sample.of(run, run.state.type, run.state.name, run.state.timestamp)
    return run.replace(
        estimated_run_time=sample.time_running(microseconds(now)) * MICROSECOND,
        estimated_start_time_delta=sample.lateness(microseconds(now)) * MICROSECOND,
    )


def in_utc(run: Run) -> Run:
    """Return the run as reads return it: its own times in UTC (docs/contract/task-runs.md 1.7)."""
    times: dict[str, Any] = {column: getattr(run, column, None) for column in COLUMNS}
    return run.replace(**{column: time.astimezone(UTC) for column, time in times.items() if time})
