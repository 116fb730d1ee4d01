"""Which background runs come to which task worker, and in which order."""

from datetime import UTC, datetime

import httpx
import pytest

from local.websocket_api.client import Connector
from runledger.domain.websocket.task_workers import MAX_BYTES
from tests.reporting.building import body
from tests.support.background import delay, set_state, subscribe

LEFT_OUT: dict[str, object] = {
    "task_inputs": {"one": [{"input_type": "parameter", "name": "x"}]},
    "labels": {"team": "a"},
    "tags": ["b"],
}


def test_a_run_comes_as_reads_show_it(sockets: Connector, api: httpx.Client) -> None:
    run_id = delay(api)
    (run,) = subscribe(sockets).runs()
    shown = api.get(f"/task_runs/{run_id}").json()
    assert run | {"estimated_start_time_delta": 0} == shown | {"estimated_start_time_delta": 0}


def test_a_run_comes_only_after_the_one_before_was_acknowledged(
    sockets: Connector, api: httpx.Client
) -> None:
    runs = [delay(api) for _ in range(3)]
    worker = subscribe(sockets)
    received = [worker.ids(), worker.ack(), worker.ack(), worker.ack()]
    assert received == [[runs[0]], [runs[1]], [runs[2]], []]


def test_retries_come_before_new_runs(sockets: Connector, api: httpx.Client) -> None:
    new, retried = delay(api), delay(api, name="AwaitingRetry")
    assert subscribe(sockets).drain() == [retried, new]


def test_a_key_is_drained_before_the_next_gets_a_turn(
    sockets: Connector, api: httpx.Client
) -> None:
    second = [delay(api, "second") for _ in range(2)]
    first = [delay(api, "first") for _ in range(2)]
    assert subscribe(sockets, "first", "second").drain() == first + second


def test_two_workers_share_what_waits(sockets: Connector, api: httpx.Client) -> None:
    runs = [delay(api) for _ in range(4)]
    workers = [subscribe(sockets, client_id=f"host-{number}") for number in range(2)]
    taken = [worker.ids() for worker in workers] + [worker.ack() for worker in workers]
    assert sorted(taken) == sorted([run] for run in runs)


def test_a_run_that_was_not_acknowledged_goes_to_another_before_new_ones(
    sockets: Connector, api: httpx.Client
) -> None:
    runs = [delay(api) for _ in range(2)]
    subscribe(sockets).socket.close(1006)
    assert subscribe(sockets).drain() == runs


def test_a_run_that_was_acknowledged_stays_with_its_worker(
    sockets: Connector, api: httpx.Client
) -> None:
    delay(api)
    worker = subscribe(sockets)
    worker.ack()
    worker.socket.close(1006)
    assert subscribe(sockets, client_id="host-2").ids() == []


@pytest.mark.parametrize("kind", ["CANCELLED", "RUNNING", "COMPLETED"])
def test_a_run_that_has_left_scheduled_does_not_come(
    sockets: Connector, api: httpx.Client, kind: str
) -> None:
    run_id, other = delay(api), delay(api)
    set_state(api, run_id, type=kind)
    assert subscribe(sockets).drain() == [other]


def test_a_deleted_run_does_not_come(sockets: Connector, api: httpx.Client) -> None:
    run_id, other = delay(api), delay(api)
    api.delete(f"/task_runs/{run_id}").raise_for_status()
    assert subscribe(sockets).drain() == [other]


def test_a_run_that_is_scheduled_twice_comes_in_its_last_state(
    sockets: Connector, api: httpx.Client
) -> None:
    run_id = delay(api)
    set_state(api, run_id, type="SCHEDULED", message="again", state_details={"deferred": True})
    worker = subscribe(sockets)
    assert [run["state"]["message"] for run in worker.runs()] == ["again"]
    assert worker.ack() == []


def test_a_run_that_is_scheduled_for_later_comes_at_once(
    sockets: Connector, api: httpx.Client
) -> None:
    run_id = delay(api, scheduled_time="2100-01-01T00:00:00Z")
    assert subscribe(sockets).ids() == [run_id]


@pytest.mark.parametrize(
    "state",
    [
        {"type": "SCHEDULED"},
        {"type": "SCHEDULED", "state_details": {"deferred": False}},
        {"type": "PENDING", "state_details": {"deferred": True}},
    ],
)
def test_other_runs_do_not_come(
    sockets: Connector, api: httpx.Client, state: dict[str, object]
) -> None:
    api.post("/task_runs/", json={"task_key": "task", "dynamic_key": "1", "state": state})
    assert subscribe(sockets).ids() == []


def test_a_run_inside_a_flow_run_comes_too(sockets: Connector, api: httpx.Client) -> None:
    flow = api.post("/flows/", json={"name": "flow"}).json()["id"]
    flow_run = api.post("/flow_runs/", json={"flow_id": flow}).json()["id"]
    state = {"type": "SCHEDULED", "state_details": {"deferred": True}}
    run = {"task_key": "task", "dynamic_key": "1", "flow_run_id": flow_run, "state": state}
    run_id = api.post("/task_runs/", json=run).json()["id"]
    assert subscribe(sockets).ids() == [run_id]


def test_a_run_too_large_for_a_message_comes_without_what_makes_it_so(
    sockets: Connector, api: httpx.Client
) -> None:
    run_id = _create_large(api)
    other = delay(api)
    worker = subscribe(sockets)
    (large,) = worker.runs()
    assert (large["id"], large["task_inputs"]) == (run_id, {})
    assert "too large" in large["state"]["message"]
    assert worker.ack() == [other]
    assert _left_out(api, run_id) == LEFT_OUT


def test_a_worker_that_reports_on_what_it_was_not_told_changes_nothing_of_it(
    sockets: Connector, api: httpx.Client
) -> None:
    run_id = _create_large(api)
    (actual,) = subscribe(sockets).runs()
    said = {name: actual[name] for name in ("task_key", "dynamic_key", *LEFT_OUT)}
    for kind in ("PENDING", "RUNNING"):
        reported = body(kind=kind, run_id=run_id, run=said, occurred=datetime.now(UTC).isoformat())
        api.post("/events", json=[reported]).raise_for_status()
    assert api.get(f"/task_runs/{run_id}").json()["state_type"] == "RUNNING"
    assert _left_out(api, run_id) == LEFT_OUT


def test_a_worker_that_takes_no_message_loses_the_run_to_another(
    sockets: Connector, api: httpx.Client
) -> None:
    slow = subscribe(sockets)
    slow.socket.stop_reading()
    run_id = delay(api)
    assert subscribe(sockets, client_id="host-2").ids() == [run_id]


def _create_large(api: httpx.Client) -> str:
    details = {"deferred": True}
    state = {"type": "SCHEDULED", "message": "m" * MAX_BYTES, "state_details": details}
    run = {"task_key": "task", "dynamic_key": "1", "state": state, **LEFT_OUT}
    run_id: str = api.post("/task_runs/", json=run).raise_for_status().json()["id"]
    return run_id


def _left_out(api: httpx.Client, run_id: str) -> dict[str, object]:
    """Return the fields of a stored large run that a worker is not told."""
    run = api.get(f"/task_runs/{run_id}").raise_for_status().json()
    return {name: run[name] for name in LEFT_OUT}
