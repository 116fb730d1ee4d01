"""Runs of a worker that is gone."""

from datetime import timedelta
from functools import partial

import httpx
import pytest

from local.websocket_api.client import Connector
from runledger import wiring
from runledger.store.websocket.connections import ConnectionStore
from runledger.store.websocket.task_workers import TaskWorkerStore
from tests.functions.websocket.sweeping import LEASE, sweep
from tests.support.background import delay, set_state, subscribe
from tests.support.streaming import Streaming

DROPPED, RESTART = 1006, 1012


def take_up(api: httpx.Client, run_id: str) -> None:
    set_state(api, run_id, type="PENDING", state_details={"deferred": True})


def test_a_run_comes_to_a_worker_that_waits(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    worker = subscribe(sockets)
    run_id = delay(api)
    stream.pump()
    assert worker.ids() == [run_id]


def test_runs_come_to_all_workers_that_wait(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    workers = [subscribe(sockets, client_id=f"host-{number}") for number in range(3)]
    runs = [delay(api) for _ in range(3)]
    stream.pump()
    assert sorted(worker.ids()[0] for worker in workers) == sorted(runs)


def test_a_worker_that_runs_other_tasks_gets_nothing(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    worker = subscribe(sockets, "other")
    delay(api)
    stream.pump()
    assert worker.ids() == []


@pytest.mark.parametrize("code", [DROPPED, RESTART])
def test_what_a_worker_did_not_acknowledge_comes_to_one_that_waits(
    sockets: Connector, api: httpx.Client, stream: Streaming, code: int
) -> None:
    run_id = delay(api)
    gone, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    gone.socket.close(code)
    stream.pump()
    assert other.ids() == [run_id]


def test_what_a_worker_acknowledged_comes_to_another_after_its_lease(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    gone, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    gone.ack()
    gone.socket.close(DROPPED)
    sweep(stream, after=LEASE / 2)
    early = other.ids()
    sweep(stream, after=LEASE)
    assert (early, other.ids()) == ([], [run_id])


def test_what_a_worker_took_up_and_did_not_start_comes_to_another_as_it_came_to_it(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    delay(api)
    gone, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    (run,) = gone.runs()
    gone.ack()
    take_up(api, run["id"])
    gone.socket.close(DROPPED)
    sweep(stream, after=LEASE)
    (again,) = other.runs()
    assert (again["id"], again["state"]) == (run["id"], run["state"])


@pytest.mark.parametrize("is_reported_late", [False, True])
def test_what_a_worker_took_up_comes_to_another_though_its_acknowledgement_was_not_heard(
    sockets: Connector, api: httpx.Client, stream: Streaming, *, is_reported_late: bool
) -> None:
    run_id = delay(api)
    gone = subscribe(sockets)
    what = [partial(take_up, api, run_id), partial(gone.socket.close, DROPPED)]
    for happen in reversed(what) if is_reported_late else what:
        happen()
        stream.pump()
    other = subscribe(sockets, client_id="host-2")
    early = other.ids()
    sweep(stream, after=LEASE)
    assert (early, other.ids()) == ([], [run_id])


def test_what_a_worker_started_comes_to_nobody_else(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    gone, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    gone.ack()
    set_state(api, run_id, type="RUNNING")
    gone.socket.close(DROPPED)
    sweep(stream, after=LEASE)
    assert other.ids() == []


def test_a_worker_that_stays_keeps_what_it_acknowledged(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    delay(api)
    worker, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    worker.ack()
    sweep(stream, after=10 * LEASE)
    assert (other.ids(), worker.ids()) == ([], [])


def test_a_worker_that_vanished_unnoticed_is_found_gone(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    subscribe(sockets).socket.vanish()
    other = subscribe(sockets, client_id="host-2")
    sweep(stream, after=timedelta(0))
    assert other.ids() == [run_id]


def test_a_worker_that_does_not_acknowledge_in_time_is_cut_off_and_its_run_goes_on(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    mute, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    sweep(stream, after=timedelta(seconds=31))
    closed = mute.socket.closed
    assert closed is not None
    assert (closed[0], other.ids()) == (1011, [run_id])


@pytest.mark.parametrize("kind", ["CANCELLED", "COMPLETED"])
def test_a_run_that_ended_waits_no_longer(api: httpx.Client, stream: Streaming, kind: str) -> None:
    run_id = delay(api)
    set_state(api, run_id, type=kind)
    stream.pump()
    assert list(TaskWorkerStore.of(wiring.store()).waiting("task:task")) == []


def test_a_deleted_run_waits_no_longer(api: httpx.Client, stream: Streaming) -> None:
    api.delete(f"/task_runs/{delay(api)}").raise_for_status()
    stream.pump()
    assert list(TaskWorkerStore.of(wiring.store()).waiting("task:task")) == []


def test_workers_and_what_they_had_leave_nothing_behind(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    worker = subscribe(sockets)
    worker.ack()
    set_state(api, run_id, type="RUNNING")
    stream.pump()
    worker.socket.close(DROPPED)
    sweep(stream, after=LEASE)
    store = wiring.store()
    assert (TaskWorkerStore.of(store).all(), ConnectionStore.of(store).read(worker.socket.id)) == (
        [],
        None,
    )
