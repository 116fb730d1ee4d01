"""The counts, times and durations that follow from a run's states.

See docs/contract/orchestration.md 4.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from runledger.domain.runs.states import TERMINAL, State, StateType, state_id_of

if TYPE_CHECKING:
    from runledger.domain.runs.flow_runs import FlowRun
    from runledger.domain.runs.task_runs import TaskRun

Run = TypeVar("Run", "TaskRun", "FlowRun")

ZERO = timedelta(0)
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


def as_of(run: Run, now: datetime) -> Run:
    """Return the run with its estimates, which each read computes."""
    if run.state is None:
        return run
    state_type, expected = run.state.type, run.expected_start_time
    late = lateness(expected, run.start_time, state_type, now) if expected else ZERO
    return run.replace(
        estimated_run_time=time_running(run.total_run_time, state_type, run.state.timestamp, now),
        estimated_start_time_delta=late,
    )


def time_running(
    total: timedelta, state_type: StateType, since: datetime, now: datetime
) -> timedelta:
    """Return the time in RUNNING: the total, and that of the present state up to now."""
    # The reader's clock may be behind the writer's.
    return total + max(ZERO, now - since) if state_type == StateType.RUNNING else total


def lateness(
    expected: datetime, started: datetime | None, state_type: StateType, now: datetime
) -> timedelta:
    """Return the delay of a run's start or, before it, the time for which it is overdue."""
    if started is None and state_type in TERMINAL:
        return ZERO
    return max(ZERO, (started or now) - expected)


def in_utc(run: Run) -> Run:
    """Return the run as reads return it: its own times in UTC (docs/contract/task-runs.md 1.7)."""
    times: dict[str, Any] = {column: getattr(run, column, None) for column in COLUMNS}
    return run.replace(**{column: time.astimezone(UTC) for column, time in times.items() if time})
