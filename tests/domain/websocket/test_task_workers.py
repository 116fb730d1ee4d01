"""Task workers, the runs that wait for them, and what is sent of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.runs.states import State, is_taken_up, is_waiting
from runledger.domain.runs.task_runs import (
    goes_on_waiting,
    is_own_queue,
    is_unstarted,
    waiting_run,
)
from runledger.domain.websocket.task_workers import (
    IS_SHORTENED,
    SHORTENED,
    UNACKNOWLEDGED,
    Disconnect,
    TaskWorker,
    in_state,
    shortened,
)
from tests.transitions.building import NOW, STATE_ID, state, task_run

GONE = Disconnect(at=NOW, by_platform=True)
WAITING = state("SCHEDULED", deferred=True)
TAKEN_UP = state("PENDING", deferred=True).replace(id=UUID(int=9))


def worker(**fields: Any) -> TaskWorker:
    names: dict[str, Any] = {
        "connection_id": "connection",
        "client_id": "client",
        "task_keys": ("a", "b"),
    }
    return TaskWorker(since=NOW, **names, **fields)


@pytest.mark.parametrize(
    ("fields", "expected"), [({}, True), ({"holding": UUID(int=1)}, False), ({"gone": GONE}, False)]
)
def test_a_worker_that_is_there_and_holds_nothing_is_idle(
    fields: dict[str, Any], *, expected: bool
) -> None:
    assert worker(**fields).is_idle is expected


def test_a_worker_empties_its_clients_queue_before_those_of_its_tasks() -> None:
    assert worker().queues == ("client:client", "task:a", "task:b")
    assert worker(gone=GONE).queues == ()


def test_a_client_has_a_queue_of_its_own_whatever_its_tasks_are_called() -> None:
    one = worker().replace(task_keys=("client:client", ""))
    assert list(map(is_own_queue, one.queues)) == [True, False, False]


@pytest.mark.parametrize(
    ("holding", "waited", "expected"),
    [
        (UUID(int=1), UNACKNOWLEDGED, True),
        (UUID(int=1), UNACKNOWLEDGED - timedelta(seconds=1), False),
        (None, 2 * UNACKNOWLEDGED, False),
    ],
)
def test_a_worker_is_overdue_that_leaves_a_run_unacknowledged(
    holding: UUID | None, waited: timedelta, *, expected: bool
) -> None:
    assert worker(holding=holding).is_overdue(NOW + waited) is expected


def test_a_run_is_shown_as_it_was_in_an_earlier_state() -> None:
    earlier = in_state(task_run(state("RUNNING")), state("PENDING", "Mine"))
    shown = earlier.state, earlier.state_id, earlier.state_type, earlier.state_name
    assert shown == (state("PENDING", "Mine"), STATE_ID, "PENDING", "Mine")


@pytest.mark.parametrize("current", [None, state("SCHEDULED", data={"a": 1})])
def test_a_run_that_is_too_large_goes_without_what_is_not_needed(current: State | None) -> None:
    run = shortened(task_run(current, tags=("a",), task_inputs={"x": []}))
    assert (run.tags, run.task_inputs, run.labels) == ((), {}, {IS_SHORTENED: True})
    assert run.state == (current and current.replace(data=None, message=SHORTENED))


@pytest.mark.parametrize("kind", ["SCHEDULED", "PENDING", "RUNNING"])
@pytest.mark.parametrize("deferred", [True, False])
def test_a_deferred_run_waits_until_it_is_taken_up(kind: str, *, deferred: bool) -> None:
    entered = state(kind, deferred=deferred)
    assert is_waiting(entered) is (deferred and kind == "SCHEDULED")
    assert is_taken_up(entered) is (deferred and kind == "PENDING")
    assert not is_waiting(None)
    assert not is_taken_up(None)


@pytest.mark.parametrize(
    ("current", "acknowledged", "expected"),
    [
        (WAITING, False, True),
        (WAITING.replace(id=UUID(int=9)), False, False),
        (state("RUNNING"), True, False),
        (TAKEN_UP, True, True),
        (TAKEN_UP, False, False),
    ],
)
def test_a_run_in_the_queue_is_to_be_started_unless_something_else_became_of_it(
    current: State, *, acknowledged: bool, expected: bool
) -> None:
    run = task_run(current).replace(state_id=current.id)
    queued = waiting_run(run, WAITING).replace(acknowledged=acknowledged)
    assert is_unstarted(run, queued) is expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (WAITING, True),
        (WAITING.replace(id=UUID(int=9)), False),
        (TAKEN_UP, True),
        (state("RUNNING", deferred=True).replace(id=UUID(int=9)), False),
        (state("CANCELLED").replace(id=UUID(int=9)), False),
    ],
)
def test_a_worker_holds_a_run_that_is_renamed_or_taken_up(after: State, *, expected: bool) -> None:
    run, changed = (
        task_run(entered).replace(state_id=entered.id, name=name)
        for entered, name in [(WAITING, "before"), (after, "after")]
    )
    assert goes_on_waiting(run, changed) is expected


@pytest.mark.parametrize("name", ["Scheduled", "AwaitingRetry"])
def test_a_run_waits_in_the_queue_of_its_task(name: str) -> None:
    queued = waiting_run(task_run(None), state("SCHEDULED", name))
    assert (queued.queue, queued.retry) == ("task:t", name == "AwaitingRetry")
    assert (queued.state_id, queued.since) == (STATE_ID, NOW)
