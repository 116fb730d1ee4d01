"""WebSocket clients that have not shown credentials: what the table keeps of them, and how long."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Thread
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from local.websocket_api.client import Connector, WebSocketClient
from runledger import websocket_wiring, wiring
from runledger.domain.access import AUTH_STRING
from runledger.domain.errors import Unavailable
from runledger.domain.websocket.protocol import AUTH_SUCCESS
from runledger.service.context import ServiceContext
from runledger.service.websocket import dispatcher
from runledger.store.dynamodb.client import JsonClient
from runledger.store.schema import keys
from runledger.store.websocket.connections import ConnectionStore
from tests.functions.conventions.test_authentication import AUTH, HASH
from tests.reporting.building import RUN_ID, body
from tests.store.support.calls import FAULTS, heard
from tests.support.background import connect as connect_worker
from tests.support.streaming import Streaming

PATHS = [
    "/api/task_runs/subscriptions/scheduled",
    "/api/events/in",
    "/api/events/out",
    "/api/logs/out",
]
SILENT = 1011, "No credentials within 10 seconds"
UNKNOWN = 1011, "Unknown connection"
IN_TIME, LATE, A_DAY = timedelta(seconds=9), timedelta(seconds=11), timedelta(days=1)
AUTHENTICATE = json.dumps({"type": "auth", "token": AUTH})


@pytest.fixture
def strangers(sockets: Connector, monkeypatch: pytest.MonkeyPatch) -> Connector:
    """Connections where credentials are asked for."""
    monkeypatch.setenv("AUTHENTICATION", "required")
    monkeypatch.setenv("AUTH_SHA256", HASH)
    wiring.reset()
    return sockets


def connect(sockets: Connector, *paths: str) -> list[WebSocketClient]:
    return [sockets.connect(path, subprotocols=["prefect"]) for path in paths]


def sweep(after: timedelta, since: datetime | None = None) -> None:
    """End silent clients, as the schedule does, later than now or than another time."""
    at = (since or wiring.now()) + after
    dispatcher.disconnect_silent(ServiceContext(wiring.store(), websocket_wiring.connections(), at))


def kept() -> set[str]:
    """The ids of the sockets that the table has items of."""
    table = wiring.store().table
    assert isinstance(table.client, JsonClient)
    scanned = table.client.call("Scan", {"TableName": table.name})
    found = [item["pk"]["S"] for item in scanned["Items"]]
    start = f"{keys.CONNECTION}#"
    return {pk.removeprefix(start) for pk in found if pk.startswith(start)}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("code", [1000, 1006])
def test_a_client_that_goes_without_a_word_leaves_nothing(
    strangers: Connector, path: str, count: int, code: int
) -> None:
    clients = connect(strangers, *[path] * count)
    assert kept() == {client.id for client in clients}
    for client in clients:
        client.close(code)
    assert kept() == set()


REFUSED = [
    '{"type":"auth","token":"user:other"}',
    '{"type":"auth"}',
    json.dumps(body(1)),
    "no JSON",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("text", REFUSED)
def test_a_client_that_is_refused_leaves_nothing(
    strangers: Connector, path: str, text: str
) -> None:
    (client,) = connect(strangers, path)
    client.send(text)
    assert (client.closed is not None, kept()) == (True, set())


@pytest.mark.parametrize("order", [PATHS, PATHS[::-1], PATHS * 8])
def test_a_silent_client_is_ended_when_its_time_is_over(
    strangers: Connector, order: list[str]
) -> None:
    begun = wiring.now()
    clients = connect(strangers, *order)
    sweep(IN_TIME, begun)
    assert [client.closed for client in clients] == [None] * len(order)
    sweep(LATE)
    assert [client.closed for client in clients] == [SILENT] * len(order)
    assert kept() == set()


def test_a_silent_client_of_whose_end_nobody_told_is_forgotten(strangers: Connector) -> None:
    begun = wiring.now()
    for client in connect(strangers, *PATHS):
        client.vanish()
    sweep(IN_TIME, begun)
    assert len(kept()) == len(PATHS)
    sweep(LATE)
    assert kept() == set()


@pytest.mark.parametrize("silent", [0, 1, 4])
def test_a_client_that_has_shown_credentials_stays(strangers: Connector, silent: int) -> None:
    connect(strangers, *PATHS[:silent])
    clients = connect(strangers, *PATHS)
    for client in clients:
        client.send(AUTHENTICATE)
    sweep(LATE)
    sweep(A_DAY)
    assert [(client.received(), client.closed) for client in clients] == [
        ([AUTH_SUCCESS], None)
    ] * 4
    assert kept() == {client.id for client in clients}


def test_what_such_a_client_said_last_is_heard_although_its_connection_has_ended(
    strangers: Connector, api: httpx.Client
) -> None:
    (client,) = connect(strangers, "/api/events/in")
    client.send(AUTHENTICATE)
    client.close()
    client.send(json.dumps(body(1)))
    found = api.get(f"/task_runs/{RUN_ID}", auth=httpx.BasicAuth(*AUTH.split(":")))
    assert found.json()["state_type"] == "RUNNING"


def test_credentials_that_come_after_the_end_let_nobody_in(strangers: Connector) -> None:
    (client,) = connect(strangers, "/api/events/in")
    ConnectionStore.of(wiring.store()).forget(client.id)
    client.send(AUTHENTICATE)
    assert (client.received(), client.closed, kept()) == ([], UNKNOWN, set())


@pytest.mark.parametrize("path", PATHS)
def test_credentials_that_come_while_a_connection_is_forgotten_let_nobody_in(
    strangers: Connector, path: str
) -> None:
    (client,) = connect(strangers, path)
    store = ConnectionStore.of(wiring.store())
    found = store.read(client.id)
    assert found
    store.forget(client.id)
    assert not store.admit(found, AUTH_STRING, wiring.now())
    assert kept() == set()


@pytest.mark.parametrize("unreachable", [{0}, {1}, {0, 3, 19}])
def test_whom_a_sweep_could_not_reach_it_ends_the_next_time(
    strangers: Connector, unreachable: set[int]
) -> None:
    """The others end at once, though there are more of them than are ended at a time."""
    clients = connect(strangers, *PATHS * 5)
    ids = {clients[number].id for number in unreachable}
    events = websocket_wiring.connections().client.meta.events

    def fail(params: dict[str, Any], **_: object) -> None:
        if any(connection_id in unquote(params["url"]) for connection_id in ids):
            FAULTS["not done"].before()

    events.register("before-call.*.DeleteConnection", fail)
    try:
        with pytest.raises(Unavailable):
            sweep(LATE)
    finally:
        events.unregister("before-call.*.DeleteConnection", fail)
    assert kept() == ids == {client.id for client in clients if client.closed is None}
    sweep(LATE)
    assert ([client.closed for client in clients], kept()) == ([SILENT] * 20, set())


@pytest.mark.parametrize("count", [2, 12])
def test_who_authenticates_while_it_is_swept_is_known_or_ended(
    strangers: Connector, count: int
) -> None:
    clients = connect(strangers, *["/api/task_runs/subscriptions/scheduled"] * count)
    work: list[Callable[[], None]] = [partial(client.send, AUTHENTICATE) for client in clients]
    work.insert(count // 2, partial(sweep, LATE))
    threads = [Thread(target=part) for part in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there = {client.id for client in clients if client.closed is None}
    assert kept() == there
    assert {client.id for client in clients if client.received() == [AUTH_SUCCESS]} >= there


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that a client has is over when it has connected."""
    monkeypatch.setattr(dispatcher, "TIME_TO_AUTHENTICATE", timedelta(0))


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_schedule_ends_silent_clients_and_asks_once_for_each_kind(
    strangers: Connector, stream: Streaming, count: int
) -> None:
    clients = connect(strangers, *PATHS[:count])
    with heard(wiring.store().table.client) as calls:
        stream.run_schedule("sweep_task_workers")
    # Task workers, connections without credentials, and keys.
    assert [name for name, _ in calls].count("Query") == 3
    assert [client.closed for client in clients] == [SILENT] * count
    assert kept() == set()


@pytest.mark.usefixtures("_at_once")
def test_the_schedule_ends_silent_clients_also_where_it_fails_on_a_worker(
    strangers: Connector, stream: Streaming
) -> None:
    worker = connect_worker(strangers, token=AUTH)
    worker.say(type="subscribe", keys=["task"], client_id="host-1")
    clients = connect(strangers, *PATHS)
    events = websocket_wiring.connections().client.meta.events

    def fail(**_: object) -> None:
        FAULTS["not done"].before()

    events.register("before-call.*.GetConnection", fail)
    try:
        with pytest.raises(Unavailable):
            stream.run_schedule("sweep_task_workers")
    finally:
        events.unregister("before-call.*.GetConnection", fail)
    assert [client.closed for client in clients] == [SILENT] * len(PATHS)
    assert worker.socket.closed is None


@pytest.mark.parametrize("path", PATHS)
def test_where_nobody_asks_for_credentials_a_client_may_be_silent(
    sockets: Connector, path: str
) -> None:
    clients = [*connect(sockets, path), sockets.connect(path)]
    sweep(LATE)
    sweep(A_DAY)
    assert [client.closed for client in clients] == [None, None]
    assert kept() == {client.id for client in clients}
