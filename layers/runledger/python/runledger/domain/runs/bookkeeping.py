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


# What runs add to a history: the type and the name of their state, their number, their time in
# RUNNING and their lateness, in microseconds.
StateTally = tuple[str, str, int, int, int]


class Sample(NamedTuple):
    """A run's part in histories: instants and durations in microseconds.

    `since` is when a run in RUNNING entered it, after `total_run_time` in RUNNING. `late` is None
    of a run that may still start: it is late from `expected` on.
    """

    expected: int | None
    state_type: str
    state_name: str
    total_run_time: int
    since: int | None
    late: int | None

    @classmethod
    def of(
        cls,
        run: TaskRun | FlowRun | RunFacts[Any],
        state_type: str,
        state_name: str,
        since: datetime,
    ) -> Sample:
        """Return the sample of a run that is in a state since an instant."""
        return cls.at(
            state_type,
            state_name,
            expected=microseconds(run.expected_start_time) if run.expected_start_time else None,
            started=microseconds(run.start_time) if run.start_time else None,
            since=microseconds(since),
            total_run_time=run.total_run_time // MICROSECOND,
        )

    @classmethod
    def at(
        cls,
        state_type: str,
        state_name: str,
        *,
        expected: int | None,
        started: int | None,
        since: int,
        total_run_time: int,
    ) -> Sample:
        """Return the sample of a run that is in a state `since`, by its times."""
        running_since = since if state_type == StateType.RUNNING else None
        late = _late(state_type, expected, started)
        return cls(expected, state_type, state_name, total_run_time, running_since, late)

    def totals(self, now: int) -> StateTally:
        """Return what the run adds to a history."""
        # A clock that was set back may make a time negative.
        run_time = max(self.time_running(now), 0)
        return self.state_type, self.state_name, 1, run_time, self.lateness(now)

    def time_running(self, now: int) -> int:
        """Return the time in RUNNING: the total, and that of the present state up to now."""
        if self.since is None:
            return self.total_run_time
        # The reader's clock may be behind the writer's.
        return self.total_run_time + max(now - self.since, 0)

    def lateness(self, now: int) -> int:
        """Return the delay of a run's start or, before it, the time for which it is overdue."""
        if self.late is None and self.expected is not None:
            return max(now - self.expected, 0)
        return self.late or 0


def _late(state_type: str, expected: int | None, started: int | None) -> int | None:
    if expected is None:
        return 0
    if started is None:
        return 0 if state_type in TERMINAL else None
    return max(started - expected, 0)


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
