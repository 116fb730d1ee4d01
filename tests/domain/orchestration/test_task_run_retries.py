"""Retries of a failed run: number and delay (docs/contract/orchestration.md R7)."""

from datetime import datetime
from typing import Any

import pytest

from runledger.domain.orchestration.transitions import Decision
from runledger.domain.runs.task_runs import TaskRun
from tests.transitions.building import FRESH_ID, NOW, propose, state, task_run

LAST = datetime.fromisoformat("9999-12-31T23:59:59.999999Z")
FIRST = datetime.fromisoformat("0001-01-01T00:00:00Z")


def failing(run_count: int = 1, random_fraction: float = 0.0, **policy: Any) -> Decision[TaskRun]:
    run = task_run(state("RUNNING"), run_count=run_count, policy={"retries": 10} | policy)
    return propose(run, state("FAILED"), random_fraction=random_fraction)


def delay_of(decision: Decision[TaskRun]) -> float:
    written = decision.written
    assert written
    assert written.state_details.scheduled_time
    return (written.state_details.scheduled_time - NOW).total_seconds()


@pytest.mark.parametrize(
    ("delays", "run_count", "delay"),
    [
        ([1, 2, 3], 1, 1),
        ([1, 2, 3], 3, 3),
        ([1, 2, 3], 4, 3),
        ([7], 9, 7),
        ([], 1, 0),
        (None, 1, 0),
        (2.5, 1, 2.5),
        (-5, 1, -5),
    ],
)
def test_each_attempt_has_its_delay(delays: object, run_count: int, delay: float) -> None:
    assert delay_of(failing(run_count, retry_delay=delays)) == delay


@pytest.mark.parametrize(("random_fraction", "delay"), [(0.0, 6.3), (1.0, 15.0)])
def test_jitter_spreads_a_delay(random_fraction: float, delay: float) -> None:
    decision = failing(
        random_fraction=random_fraction, retry_delay=[10, 20], retry_jitter_factor=0.5
    )
    assert delay_of(decision) == pytest.approx(delay, rel=0.01)


@pytest.mark.parametrize("delay", [0, -5])
def test_jitter_leaves_no_delay_alone(delay: int) -> None:
    assert delay_of(failing(retry_delay=delay, retry_jitter_factor=0.5)) == delay


@pytest.mark.parametrize(
    ("delay", "expected"), [(1e12, LAST), (1e300, LAST), (10**400, LAST), (-1e12, FIRST)]
)
def test_a_delay_beyond_the_calendar_ends_with_it(delay: float, expected: datetime) -> None:
    written = failing(retry_delay=delay).written
    assert written
    assert written.state_details.scheduled_time == expected


def test_a_delay_beyond_any_float_can_be_jittered() -> None:
    written = failing(retry_delay=10**400, retry_jitter_factor=1.0).written
    assert written
    assert written.state_details.scheduled_time == LAST


@pytest.mark.parametrize("retries", [None, 0, -1])
def test_a_run_without_retries_fails(retries: int | None) -> None:
    assert failing(retries=retries).status == "ACCEPT"


@pytest.mark.parametrize(("run_count", "status"), [(2, "REJECT"), (3, "ACCEPT")])
def test_a_run_is_tried_again_as_often_as_it_has_retries(run_count: int, status: str) -> None:
    assert failing(run_count, retries=2).status == status


@pytest.mark.parametrize(
    ("retriable", "status"), [(None, "REJECT"), (True, "REJECT"), (False, "ACCEPT")]
)
def test_a_failure_can_be_final(retriable: bool | None, status: str) -> None:  # noqa: FBT001
    run = task_run(state("RUNNING"), run_count=1, policy={"retries": 1})
    assert propose(run, state("FAILED", retriable=retriable)).status == status


def test_a_retry_keeps_what_the_failure_said_and_nothing_else() -> None:
    run = task_run(state("RUNNING"), run_count=1, policy={"retries": 1})
    failed = state("FAILED", "Broken", data={"a": 1}, cache_key="k", deferred=True)
    written = propose(run, failed.replace(message="why")).written
    assert written
    again = state("SCHEDULED", "AwaitingRetry", data={"a": 1}, scheduled_time=NOW)
    assert written == run.own(again.replace(id=FRESH_ID, message="why"))
