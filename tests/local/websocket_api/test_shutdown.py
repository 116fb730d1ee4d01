"""WebSockets when the server stops."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from local import application as asgi
from local.cloudformation import template
from local.functions import Functions
from local.ports import listening, port_of
from local.web_server import LocalServer
from local.websocket_api.asgi import MAX_CALLS_PER_CONNECTION
from tests.local import sample
from tests.local.serving import IN_BACKGROUND, ServerProcess, application, processes_of, serving
from tests.local.websocket_api.clients import (
    RawClient,
    closed,
    command,
    event_contexts,
    fill,
    websocket_url,
)

RESTART = 1012, "Service restart"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_clients_are_closed_with_1012_when_it_stops(
    tmp_path: Path, dynoxide: object, how: signal.Signals
) -> None:
    del dynoxide
    with (
        serving(application(tmp_path), DATA=":memory:") as server,
        connect(websocket_url(server)) as client,
    ):
        server.process.send_signal(how)
        assert closed(client) == RESTART
        assert server.process.wait(timeout=5) == 0
    assert len(event_contexts(tmp_path, "DISCONNECT")) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_it_ignores_what_it_was_started_to_ignore(
    tmp_path: Path, dynoxide: object, how: signal.Signals
) -> None:
    del dynoxide
    with serving(application(tmp_path), IN_BACKGROUND) as server:
        with pytest.raises(subprocess.TimeoutExpired):
            server.end(how, within=1)
        assert httpx.get(f"{server.url}/things/1").is_success
        assert server.end(signal.SIGTERM) == 0
    assert processes_of(tmp_path) == []


def test_messages_sent_before_the_close_arrives_are_handled(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    with (
        serving(application(tmp_path), DATA=":memory:") as server,
        RawClient(websocket_url(server)) as client,
    ):
        client.shake_hands().receive()
        server.process.send_signal(signal.SIGTERM)
        unread = client.socket.recv(4096)
        client.protocol.send_text(b'{"type": "note"}')
        client.flush()
        client.protocol.receive_data(unread)
        client.flush()
        assert server.process.wait(timeout=20) == 0
    kinds = [event["requestContext"]["eventType"] for event in sample.recorded_events(tmp_path)]
    assert kinds == ["CONNECT", "MESSAGE", "DISCONNECT"]


def test_messages_that_wait_for_their_functions_are_handled(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    with (
        serving(application(tmp_path), DATA=":memory:") as server,
        connect(websocket_url(server)) as client,
    ):
        for _ in range(3 * MAX_CALLS_PER_CONNECTION):
            command(client, sleep="1.5", padding="a" * 100_000)
        client.send('{"type": "note"}')
        assert client.ping().wait(timeout=1)
        server.process.send_signal(signal.SIGTERM)
        assert closed(client) == RESTART
        assert server.process.wait(timeout=30) == 0
    kinds = [event["requestContext"]["eventType"] for event in sample.recorded_events(tmp_path)]
    assert kinds == ["CONNECT", "MESSAGE", "DISCONNECT"]


@pytest.fixture
def slow_to_stop(
    tmp_path: Path, dynoxide: object
) -> Iterator[tuple[ServerProcess, ClientConnection]]:
    """A server that stops slowly, since a client does not read, and another client."""
    del dynoxide
    with (
        serving(application(tmp_path), DATA=":memory:") as server,
        connect(websocket_url(server), max_queue=1, close_timeout=0.1) as slow,
        connect(websocket_url(server)) as client,
    ):
        assert "LimitExceededException" in fill(client, slow)
        yield server, client


def test_a_client_that_reconnects_too_early_is_closed_again(
    slow_to_stop: tuple[ServerProcess, ClientConnection],
) -> None:
    server, client = slow_to_stop
    server.process.send_signal(signal.SIGTERM)
    assert closed(client) == RESTART
    with connect(websocket_url(server)) as early:
        assert closed(early) == RESTART


def test_a_handshake_is_answered_though_its_function_takes_long(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    with (
        serving(application(tmp_path), DATA=":memory:") as server,
        RawClient(websocket_url(server)) as client,
    ):
        client.shake_hands(answer='{"statusCode": 200, "sleep": 1}')
        assert event_contexts(tmp_path, "CONNECT")
        server.process.send_signal(signal.SIGTERM)
        assert client.closed() == RESTART
        assert server.process.wait(timeout=20) == 0
    assert event_contexts(tmp_path, "DISCONNECT")


def test_a_connection_without_a_request_is_answered_with_1012(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    with (
        serving(application(tmp_path), DATA=":memory:") as server,
        connect(websocket_url(server)) as client,
        RawClient(websocket_url(server)) as early,
    ):
        server.process.send_signal(signal.SIGTERM)
        assert closed(client) == RESTART
        with pytest.raises(ConnectionError):
            _connect_until_refused(websocket_url(server))
        assert early.shake_hands().closed() == RESTART


def test_a_connection_in_the_backlog_is_answered_with_1012(tmp_path: Path) -> None:
    loaded = template.load(sample.write(tmp_path))
    with listening("127.0.0.1", 0) as listener:
        url = f"ws://127.0.0.1:{port_of(listener)}{loaded.websocket_api.path}"
        server = LocalServer(asgi.application(loaded, Functions(loaded), url))
        server.should_exit = True
        with RawClient(url) as client:
            client.shake_hands()
            server.run(sockets=[listener])
            assert client.closed() == RESTART


def _connect_until_refused(address: str) -> None:
    """Connect again and again, without a request."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        RawClient(address).socket.close()
        time.sleep(0.01)


def test_a_client_that_does_not_read_does_not_keep_it(
    slow_to_stop: tuple[ServerProcess, ClientConnection],
) -> None:
    server, _ = slow_to_stop
    assert server.end(signal.SIGTERM) == 0
