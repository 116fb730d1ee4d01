"""What becomes of a worker's runs when it is gone, and when it comes back."""

from datetime import timedelta
from functools import partial

import httpx
import pytest

from local.socket_client import Sockets
from runledger import wiring
from runledger.service import departures
from runledger.service.means import Means
from tests.background import delay, set_state, subscribe
from tests.streaming import Streaming

DROPPED, GOING_AWAY = 1006, 1001
LEASE = timedelta(seconds=60)


def sweep(stream: Streaming, *, after: timedelta) -> None:
    """Sweep as the schedule does, later; what that changes is told."""
    means = Means(wiring.store(), wiring.sockets(), wiring.now() + after)
    departures.sweep(means, LEASE)
    stream.pump()


def take_up(api: httpx.Client, run_id: str) -> None:
    set_state(api, run_id, type="PENDING", state_details={"deferred": True})


def test_a_run_comes_to_a_worker_that_waits(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    worker = subscribe(sockets)
    run_id = delay(api)
    stream.pump()
    assert worker.ids() == [run_id]


def test_runs_come_to_all_workers_that_wait(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    workers = [subscribe(sockets, client_id=f"host-{number}") for number in range(3)]
    runs = [delay(api) for _ in range(3)]
    stream.pump()
    assert sorted(worker.ids()[0] for worker in workers) == sorted(runs)


def test_a_worker_that_runs_other_tasks_gets_nothing(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    worker = subscribe(sockets, "other")
    delay(api)
    stream.pump()
    assert worker.ids() == []


def test_what_a_worker_did_not_acknowledge_comes_to_one_that_waits(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    gone, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    gone.socket.close(DROPPED)
    stream.pump()
    assert other.ids() == [run_id]


def test_what_a_worker_acknowledged_comes_to_another_after_its_lease(
    sockets: Sockets, api: httpx.Client, stream: Streaming
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
    sockets: Sockets, api: httpx.Client, stream: Streaming
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
    sockets: Sockets, api: httpx.Client, stream: Streaming, *, is_reported_late: bool
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
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    gone, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    gone.ack()
    set_state(api, run_id, type="RUNNING")
    gone.socket.close(DROPPED)
    sweep(stream, after=LEASE)
    assert other.ids() == []


def test_a_worker_that_stays_keeps_what_it_acknowledged(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    delay(api)
    worker, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    worker.ack()
    sweep(stream, after=10 * LEASE)
    assert (other.ids(), worker.ids()) == ([], [])


def test_a_worker_that_comes_back_gets_what_it_may_have_forgotten_and_nobody_else(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    other = subscribe(sockets, "other", client_id="host-2")
    gone = subscribe(sockets)
    gone.ack()
    gone.socket.close(DROPPED)
    back, rival = subscribe(sockets), subscribe(sockets, client_id="host-3")
    sweep(stream, after=LEASE)
    assert (back.ids(), rival.ids(), other.ids()) == ([run_id], [], [])


def test_what_a_worker_may_have_forgotten_goes_to_others_if_it_does_not_come_back_again(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    gone = subscribe(sockets)
    gone.ack()
    gone.socket.close(DROPPED)
    busy = delay(api, "busy")
    back = subscribe(sockets, "busy", "task")
    sweep(stream, after=LEASE)
    assert back.ids() == [busy]
    back.socket.close(DROPPED)
    other = subscribe(sockets, client_id="host-2")
    sweep(stream, after=LEASE)
    assert other.ids() == [run_id]


def test_a_worker_that_the_platform_cut_off_keeps_what_it_acknowledged(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    delay(api)
    gone = subscribe(sockets)
    gone.ack()
    gone.socket.close(GOING_AWAY)
    back, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    for later in range(1, 4):
        sweep(stream, after=later * LEASE)
    assert (back.ids(), other.ids()) == ([], [])


def test_a_worker_that_vanished_unnoticed_is_found_gone(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    subscribe(sockets).socket.vanish()
    other = subscribe(sockets, client_id="host-2")
    sweep(stream, after=timedelta(0))
    assert other.ids() == [run_id]


def test_a_worker_that_does_not_acknowledge_in_time_is_cut_off_and_its_run_goes_on(
    sockets: Sockets, api: httpx.Client, stream: Streaming
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
    assert list(wiring.store().task_workers.waiting("task:task")) == []


def test_a_deleted_run_waits_no_longer(api: httpx.Client, stream: Streaming) -> None:
    api.delete(f"/task_runs/{delay(api)}").raise_for_status()
    stream.pump()
    assert list(wiring.store().task_workers.waiting("task:task")) == []


def test_workers_and_what_they_had_leave_nothing_behind(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    worker = subscribe(sockets)
    worker.ack()
    set_state(api, run_id, type="RUNNING")
    stream.pump()
    worker.socket.close(DROPPED)
    sweep(stream, after=LEASE)
    store = wiring.store()
    assert (store.task_workers.all(), store.connections.read(worker.socket.id)) == ([], None)


def test_what_a_worker_acknowledged_goes_to_who_runs_its_task_if_its_client_no_longer_does(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    before = subscribe(sockets)
    before.drain()
    before.socket.close(DROPPED)
    back, another = subscribe(sockets, "other"), subscribe(sockets, client_id="host-2")
    sweep(stream, after=LEASE)
    assert (back.ids(), another.ids()) == ([], [run_id])


def test_what_a_worker_acknowledged_comes_to_that_of_its_client_which_runs_the_task(
    sockets: Sockets, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    before = subscribe(sockets)
    before.drain()
    before.socket.close(DROPPED)
    workers = [subscribe(sockets, key) for key in ("other", "task", "others")]
    sweep(stream, after=LEASE)
    assert [worker.ids() for worker in workers] == [[], [run_id], []]
