"""Runs of a worker whose client comes back, or was only cut off."""

import httpx

from local.websocket_api.client import Connector
from runledger import wiring
from runledger.domain.websocket.task_workers import Disconnect
from runledger.service.websocket import dispatcher
from tests.functions.websocket.sweeping import LEASE, sweep
from tests.support.background import delay, subscribe
from tests.support.streaming import Streaming

DROPPED, GOING_AWAY = 1006, 1001


def test_a_worker_that_comes_back_gets_what_it_may_have_forgotten_and_nobody_else(
    sockets: Connector, api: httpx.Client, stream: Streaming
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
    sockets: Connector, api: httpx.Client, stream: Streaming
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
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    delay(api)
    gone = subscribe(sockets)
    gone.ack()
    gone.socket.close(GOING_AWAY)
    back, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    for later in range(1, 4):
        sweep(stream, after=later * LEASE)
    assert (back.ids(), other.ids()) == ([], [])


def test_what_the_platform_cut_off_unacknowledged_comes_to_another_after_its_lease(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    gone, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    gone.socket.close(GOING_AWAY)
    sweep(stream, after=LEASE / 2)
    early = other.ids()
    sweep(stream, after=LEASE)
    assert (early, other.ids()) == ([], [run_id])


def test_a_worker_that_the_platform_cut_off_gets_again_what_it_did_not_acknowledge(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    subscribe(sockets).socket.close(GOING_AWAY)
    back, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    sweep(stream, after=LEASE)
    assert (back.ids(), other.ids()) == ([run_id], [])


def test_a_worker_that_was_found_gone_before_the_platform_told_of_it_keeps_what_it_acknowledged(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    delay(api)
    gone = subscribe(sockets)
    gone.drain()
    gone.socket.vanish()
    unsent = delay(api)
    stream.pump()
    actual = Disconnect(at=wiring.now(), by_platform=True)
    dispatcher.disconnect(wiring.store(), gone.socket.id, actual)
    back, other = subscribe(sockets), subscribe(sockets, client_id="host-2")
    assert back.ids() == [unsent]
    back.ack()
    sweep(stream, after=LEASE)
    assert (back.ids(), other.ids()) == ([], [])


def test_what_a_worker_acknowledged_goes_to_who_runs_its_task_if_its_client_no_longer_does(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    before = subscribe(sockets)
    before.drain()
    before.socket.close(DROPPED)
    back, another = subscribe(sockets, "other"), subscribe(sockets, client_id="host-2")
    sweep(stream, after=LEASE)
    assert (back.ids(), another.ids()) == ([], [run_id])


def test_what_a_worker_acknowledged_comes_to_that_of_its_client_which_runs_the_task(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    run_id = delay(api)
    before = subscribe(sockets)
    before.drain()
    before.socket.close(DROPPED)
    workers = [subscribe(sockets, key) for key in ("other", "task", "others")]
    sweep(stream, after=LEASE)
    assert [worker.ids() for worker in workers] == [[], [run_id], []]
