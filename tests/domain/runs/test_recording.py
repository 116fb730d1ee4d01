"""Fields that follow from a written state, and estimates made by a read."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from runledger.domain.runs.bookkeeping import as_of, record
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateDetails, StateType, state_id_of
from runledger.domain.runs.task_runs import TaskRun

SECOND = timedelta(seconds=1)
NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
BEFORE, LATER = NOW - 10 * SECOND, NOW + 10 * SECOND
SCHEDULED, PENDING, RUNNING = StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING
COMPLETED, FAILED, CANCELLED = StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED
CRASHED, PAUSED, CANCELLING = StateType.CRASHED, StateType.PAUSED, StateType.CANCELLING

NEW = TaskRun(id=uuid4(), created=BEFORE, updated=BEFORE, name="a", task_key="t", dynamic_key="0")
FLOW_RUN = FlowRun(id=uuid4(), created=BEFORE, updated=BEFORE, name="a", flow_id=uuid4())


def state(kind: StateType, at: datetime = NOW, **details: Any) -> State:
    actual = StateDetails(**details)
    return State(id=uuid4(), type=kind, name=kind.title(), timestamp=at, state_details=actual)


def ago(seconds: int) -> datetime:
    return NOW - seconds * SECOND


def after(*kinds: StateType, run: TaskRun = NEW) -> TaskRun:
    """Return a run that entered states a second after one another, the last of them now."""
    for age, kind in zip(range(len(kinds) - 1, -1, -1), kinds, strict=True):
        run = record(run, state(kind, ago(age)), now=NOW)
    return run


def test_the_run_shows_the_state_that_it_entered() -> None:
    entered = state(PAUSED)
    run = record(NEW, entered, now=LATER)
    shown = (run.state_id, run.state_type, run.state_name, run.updated)
    assert shown == (state_id_of(NEW.id, entered.id), PAUSED, "Paused", LATER)


def test_a_state_belongs_to_its_run_whatever_a_client_put_there() -> None:
    run = NEW.replace(flow_run_id=uuid4())
    claimed = state(PENDING, flow_run_id=uuid4(), task_run_id=uuid4())
    written = record(run, claimed, now=NOW).state
    assert written
    details = written.state_details
    assert (details.flow_run_id, details.task_run_id) == (run.flow_run_id, run.id)


def test_a_state_of_a_subflow_run_names_its_parent() -> None:
    child = FLOW_RUN.replace(parent_task_run_id=NEW.id)
    written = record(child, state(PENDING), now=NOW).state
    assert written
    details = written.state_details
    assert (details.flow_run_id, details.task_run_id) == (child.id, NEW.id)


# fmt: off
COUNTS = [
    ([PENDING],                              0),
    ([RUNNING],                              1),
    ([PENDING, RUNNING],                     1),
    ([RUNNING, RUNNING],                     2),
    ([RUNNING, PAUSED, RUNNING],             2),
    ([RUNNING, SCHEDULED, PENDING, RUNNING], 2),
    ([FAILED, RUNNING],                      1),
]
STARTS = [
    ([SCHEDULED],                 None),
    ([PENDING],                   None),
    ([PAUSED],                    None),
    ([CANCELLING],                None),
    ([RUNNING],                   ago(0)),
    ([COMPLETED],                 ago(0)),
    ([CRASHED, PENDING],          ago(1)),
    ([RUNNING, FAILED, RUNNING],  ago(2)),
    ([RUNNING, SCHEDULED],        ago(1)),
]
ENDS = [
    ([RUNNING],                        None),
    ([COMPLETED],                      ago(0)),
    ([RUNNING, CANCELLED],             ago(0)),
    ([FAILED, COMPLETED],              ago(1)),
    ([FAILED, PENDING],                None),
    ([FAILED, CRASHED, RUNNING],       None),
    ([FAILED, RUNNING, COMPLETED],     ago(0)),
    ([RUNNING, CANCELLING],            None),
]
SECONDS_RUN = [
    ([PENDING, COMPLETED],                   0),
    ([RUNNING],                              0),
    ([RUNNING, COMPLETED],                   1),
    ([RUNNING, RUNNING],                     1),
    ([RUNNING, PAUSED, RUNNING, FAILED],     2),
    ([RUNNING, COMPLETED, FAILED],           1),
]
# What a read shows ten seconds after the last state.
ESTIMATES = [
    ([RUNNING],                  10),
    ([RUNNING, RUNNING],         11),
    ([RUNNING, COMPLETED],        1),
    ([PENDING],                   0),
    ([RUNNING, PAUSED],           1),
]
# fmt: on


@pytest.mark.parametrize(("kinds", "count"), COUNTS)
def test_each_entry_into_running_counts(kinds: list[StateType], count: int) -> None:
    assert after(*kinds).run_count == count


@pytest.mark.parametrize(("kinds", "start"), STARTS)
def test_the_first_running_or_terminal_state_starts_a_run(
    kinds: list[StateType], start: datetime | None
) -> None:
    assert after(*kinds).start_time == start


@pytest.mark.parametrize(("kinds", "end"), ENDS)
def test_the_first_of_successive_terminal_states_ends_a_run(
    kinds: list[StateType], end: datetime | None
) -> None:
    assert after(*kinds).end_time == end


@pytest.mark.parametrize(("kinds", "seconds"), SECONDS_RUN)
def test_time_spent_running_adds_up(kinds: list[StateType], seconds: int) -> None:
    assert after(*kinds).total_run_time == seconds * SECOND


@pytest.mark.parametrize(("kinds", "seconds"), ESTIMATES)
def test_a_running_run_is_estimated_to_have_run_until_now(
    kinds: list[StateType], seconds: int
) -> None:
    assert as_of(after(*kinds), LATER).estimated_run_time == seconds * SECOND


def test_no_run_has_run_for_less_than_no_time() -> None:
    assert as_of(after(RUNNING), BEFORE).estimated_run_time == timedelta(0)


def test_a_scheduled_run_is_expected_when_it_is_scheduled() -> None:
    run = record(NEW, state(SCHEDULED, scheduled_time=LATER), now=NOW)
    assert (run.expected_start_time, run.next_scheduled_start_time) == (LATER, LATER)


def test_another_run_is_expected_when_it_enters_its_first_state() -> None:
    run = record(NEW, state(PENDING, scheduled_time=LATER), now=NOW)
    assert (run.expected_start_time, run.next_scheduled_start_time) == (NOW, None)


def test_what_is_expected_of_a_run_never_changes() -> None:
    run = record(after(PENDING), state(SCHEDULED, scheduled_time=LATER), now=NOW)
    assert (run.expected_start_time, run.next_scheduled_start_time) == (NOW, LATER)


def test_a_run_that_leaves_scheduled_is_scheduled_no_more() -> None:
    scheduled = record(NEW, state(SCHEDULED, scheduled_time=LATER), now=NOW)
    assert record(scheduled, state(PENDING), now=NOW).next_scheduled_start_time is None


def test_a_flow_run_is_kept_account_of_alike() -> None:
    run = record(FLOW_RUN, state(RUNNING, ago(3)), now=NOW)
    run = record(run, state(COMPLETED), now=NOW)
    kept = (run.run_count, run.start_time, run.end_time, run.total_run_time)
    assert kept == (1, ago(3), NOW, 3 * SECOND)


def lateness(run: TaskRun, now: datetime = NOW) -> timedelta:
    return as_of(run, now).estimated_start_time_delta


def scheduled(at: datetime) -> TaskRun:
    return record(NEW, state(SCHEDULED, BEFORE, scheduled_time=at), now=BEFORE)


def test_a_run_that_started_is_as_late_as_it_was_then() -> None:
    run = record(scheduled(ago(5)), state(RUNNING, ago(2)), now=NOW)
    assert lateness(run, LATER) == 3 * SECOND


def test_a_run_that_started_early_is_not_late() -> None:
    assert lateness(record(scheduled(LATER), state(RUNNING), now=NOW)) == timedelta(0)


def test_a_run_that_is_overdue_is_later_from_moment_to_moment() -> None:
    assert lateness(scheduled(ago(5)), LATER) == 15 * SECOND


def test_a_run_that_is_not_due_is_not_late() -> None:
    assert lateness(scheduled(LATER)) == timedelta(0)
