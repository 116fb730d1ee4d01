"""A run's times and totals beyond what a program of transitions shows.

See docs/contract/orchestration.md 4.
"""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from runledger.domain.runs.bookkeeping import as_of, in_utc, mirrored, next_moment, record
from tests.transitions.building import FLOW_RUN_ID, NOW, RUN_ID, flow_run, propose, state, task_run

LATER = NOW + timedelta(seconds=60)
TICK = timedelta(microseconds=1)
EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize("now", [NOW - TICK, NOW, NOW + TICK])
def test_a_state_is_entered_after_the_one_before_it(now: datetime) -> None:
    assert next_moment(task_run(state("PENDING")), now) == NOW + TICK


def test_a_first_state_is_entered_now() -> None:
    assert next_moment(task_run(None), NOW) == NOW


def test_a_parent_shows_its_childs_state_as_one_of_its_own() -> None:
    parent = task_run(state("PENDING"), flow_run_id=UUID(int=9))
    child = flow_run(state("PENDING"), parent_task_run_id=RUN_ID)
    entered = child.own(state("RUNNING", "Mine").replace(timestamp=LATER))
    shown = record(parent, mirrored(child, entered, onto=parent), now=LATER).state
    own = {"flow_run_id": UUID(int=9), "task_run_id": RUN_ID, "child_flow_run_id": FLOW_RUN_ID}
    assert shown == state("RUNNING", "Mine", **own).replace(timestamp=LATER)


def test_a_run_without_a_state_has_no_estimates() -> None:
    assert as_of(task_run(None), LATER) == task_run(None)


def test_a_run_that_ended_without_a_start_is_not_late() -> None:
    run = task_run(state("CANCELLED"), expected_start_time=NOW)
    assert as_of(run, LATER).estimated_start_time_delta == timedelta()


def test_a_read_tells_times_in_utc() -> None:
    run = task_run(None, cache_expiration=NOW.astimezone(EAST))
    actual = in_utc(run).cache_expiration
    assert actual
    assert (actual, actual.tzinfo) == (NOW, UTC)


def test_a_scheduled_run_that_is_handed_out_keeps_its_time_unless_told_another() -> None:
    run = task_run(state("SCHEDULED", scheduled_time=NOW))
    kept = propose(run, state("PENDING")).written
    actual = propose(run, state("PENDING", scheduled_time=LATER)).written
    assert kept
    assert actual
    times = (kept.state_details.scheduled_time, actual.state_details.scheduled_time)
    assert times == (NOW, LATER)
