"""What follows from a run's states: counts, times and durations.

See docs/contract/orchestration.md 4.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from runledger.domain.runs.states import TERMINAL, State, StateType

if TYPE_CHECKING:
    from runledger.domain.runs.flow_runs import FlowRun
    from runledger.domain.runs.task_runs import TaskRun

Run = TypeVar("Run", "TaskRun", "FlowRun")

ZERO = timedelta(0)
TICK = timedelta(microseconds=1)

# The times that a run's columns hold, and that a later read therefore tells in UTC.
COLUMNS = ("cache_expiration", "expected_start_time", "next_scheduled_start_time")


def record(run: Run, asked: State, *, now: datetime) -> Run:
    """Return the run in its new state, with all that follows from it."""
    state = run.own(asked)
    return run.replace(
        **run.counting(state),
        updated=now,
        state=state,
        state_id=state.id,
        state_type=state.type,
        state_name=state.name,
        total_run_time=run.total_run_time + _time_spent_running(run, state),
        expected_start_time=run.expected_start_time or _expected(state),
        next_scheduled_start_time=_scheduled(state),
        start_time=run.start_time or _started(state),
        end_time=_ended(run.end_time, state),
    )


def _time_spent_running(run: TaskRun | FlowRun, entered: State) -> timedelta:
    if run.state is None or run.state.type != StateType.RUNNING:
        return ZERO
    return entered.timestamp - run.state.timestamp


def _scheduled(state: State) -> datetime | None:
    return state.state_details.scheduled_time if state.type == StateType.SCHEDULED else None


def _expected(state: State) -> datetime:
    return _scheduled(state) or state.timestamp


def _started(state: State) -> datetime | None:
    begun = state.type == StateType.RUNNING or state.type in TERMINAL
    return state.timestamp if begun else None


def _ended(before: datetime | None, state: State) -> datetime | None:
    # From one terminal state to another the first end stays.
    return (before or state.timestamp) if state.type in TERMINAL else None


def next_moment(run: TaskRun | FlowRun, now: datetime) -> datetime:
    """Return now, or a microsecond after the current state: no two states share a timestamp."""
    return max(now, run.state.timestamp + TICK) if run.state else now


def mirrored(child: FlowRun, state: State, *, onto: TaskRun) -> State:
    """Return what a subflow run's state looks like on its parent task run.

    See docs/contract/neighbours.md 4.
    """
    details = state.state_details.replace(child_flow_run_id=child.id)
    return state.replace(state_details=details, timestamp=next_moment(onto, state.timestamp))


def as_of(run: Run, now: datetime) -> Run:
    """Return the run with its estimates, which are made whenever it is read."""
    if run.state is None:
        return run
    of_state, expected = run.state.type, run.expected_start_time
    late = lateness(expected, run.start_time, of_state, now) if expected else ZERO
    return run.replace(
        estimated_run_time=time_running(run.total_run_time, of_state, run.state.timestamp, now),
        estimated_start_time_delta=late,
    )


def time_running(
    total: timedelta, state_type: StateType, since: datetime, now: datetime
) -> timedelta:
    """Return the time spent RUNNING: all until the present state, and in that one up to now."""
    # The clock that a run is read by may be behind the one that it was written by.
    return total + max(ZERO, now - since) if state_type == StateType.RUNNING else total


def lateness(
    expected: datetime, started: datetime | None, state_type: StateType, now: datetime
) -> timedelta:
    """Return how much later than expected a run started, or how long it is overdue."""
    if started is None and state_type in TERMINAL:
        return ZERO
    return max(ZERO, (started or now) - expected)


def in_utc(run: Run) -> Run:
    """Return the run as every read shows it: its own times in UTC.

    See docs/contract/task-runs.md 1.7.
    """
    times: dict[str, Any] = {column: getattr(run, column, None) for column in COLUMNS}
    return run.replace(**{column: time.astimezone(UTC) for column, time in times.items() if time})
