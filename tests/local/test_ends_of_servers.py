"""What becomes of WebSockets when the server ends."""

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
from tests.local import sample
from tests.local.serving import IN_BACKGROUND, Running, application, processes_of, serving
from tests.local.talking import Wire, closed, fill, talk, told

RESTART = 1012, "Service restart"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_clients_are_asked_to_come_back_when_it_ends(
    tmp_path: Path, dynoxide: object, how: signal.Signals
) -> None:
    del dynoxide
    with serving(application(tmp_path), DATA=":memory:") as server, connect(talk(server)) as client:
        server.process.send_signal(how)
        assert closed(client) == RESTART
        assert server.process.wait(timeout=5) == 0
    assert len(told(tmp_path, "DISCONNECT")) == 1


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


def test_what_a_client_says_before_it_hears_of_the_end_is_heard(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    with serving(application(tmp_path), DATA=":memory:") as server, Wire(talk(server)) as client:
        client.shake_hands().hear()
        server.process.send_signal(signal.SIGTERM)
        unread = client.socket.recv(4096)
        client.protocol.send_text(b'{"type": "note"}')
        client.flush()
        client.protocol.receive_data(unread)
        client.flush()
        assert server.process.wait(timeout=20) == 0
    kinds = [event["requestContext"]["eventType"] for event in sample.noted(tmp_path)]
    assert kinds == ["CONNECT", "MESSAGE", "DISCONNECT"]


@pytest.fixture
def kept(tmp_path: Path, dynoxide: object) -> Iterator[tuple[Running, ClientConnection]]:
    """A server with a client that does not read, for which it waits when it ends, and another."""
    del dynoxide
    with (
        serving(application(tmp_path), DATA=":memory:") as server,
        connect(talk(server), max_queue=1, close_timeout=0.1) as slow,
        connect(talk(server)) as client,
    ):
        assert "LimitExceededException" in fill(client, slow)
        yield server, client


def test_who_comes_back_too_early_is_asked_again(kept: tuple[Running, ClientConnection]) -> None:
    server, client = kept
    server.process.send_signal(signal.SIGTERM)
    assert closed(client) == RESTART
    with connect(talk(server)) as early:
        assert closed(early) == RESTART


def test_a_handshake_is_answered_though_its_function_takes_long(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    with serving(application(tmp_path), DATA=":memory:") as server, Wire(talk(server)) as client:
        client.shake_hands(answer='{"statusCode": 200, "sleep": 1}')
        assert told(tmp_path, "CONNECT")
        server.process.send_signal(signal.SIGTERM)
        assert client.closed() == RESTART
        assert server.process.wait(timeout=20) == 0
    assert told(tmp_path, "DISCONNECT")


def test_who_has_connected_is_asked_back_though_it_has_said_nothing_yet(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    with (
        serving(application(tmp_path), DATA=":memory:") as server,
        connect(talk(server)) as client,
        Wire(talk(server)) as early,
    ):
        server.process.send_signal(signal.SIGTERM)
        assert closed(client) == RESTART
        with pytest.raises(ConnectionError):
            _knock(talk(server))
        assert early.shake_hands().closed() == RESTART


def test_who_waits_in_the_queue_of_the_port_is_asked_back(tmp_path: Path) -> None:
    loaded = template.load(sample.write(tmp_path))
    with listening("127.0.0.1", 0) as listener:
        url = f"ws://127.0.0.1:{port_of(listener)}{loaded.websocket_api.path}"
        server = LocalServer(asgi.application(loaded, Functions(loaded), url))
        server.should_exit = True
        with Wire(url) as client:
            client.shake_hands()
            server.run(sockets=[listener])
            assert client.closed() == RESTART


def _knock(address: str) -> None:
    """Connect, again and again, and say nothing."""
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        Wire(address).socket.close()
        time.sleep(0.01)


def test_a_client_that_does_not_read_does_not_keep_it(
    kept: tuple[Running, ClientConnection],
) -> None:
    server, _ = kept
    assert server.end(signal.SIGTERM) == 0
