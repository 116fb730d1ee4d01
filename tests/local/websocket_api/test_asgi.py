import asyncio
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from local.websocket_api import waiting_messages
from local.websocket_api.asgi import MAX_CALLS_PER_CONNECTION
from tests.local.serving import ServerProcess, application, serving
from tests.local.websocket_api.clients import closed, command, event_contexts, fill, websocket_url

# Longer than what is read from a connection at once.
LONG = "a" * 100_000
REFUSING = {"answer": '{"statusCode": 403}'}
SELECTING = {"answer": '{"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "b"}}'}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return application(tmp_path_factory.mktemp("sockets"))


@pytest.fixture(scope="module")
def server(folder: Path, dynoxide: object) -> Iterator[ServerProcess]:
    del dynoxide  # fails if it is not available
    with serving(folder, DATA=":memory:") as server:
        yield server


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def message_of(size: int) -> str:
    """A command of so many bytes, some in characters of two bytes."""
    message = '{"type": "obey", "post": "here", "padding": "%s"}'
    room = size - len(message % "")
    return message % ("é" * (room // 2) + "a" * (room % 2))


def send(server: ServerProcess, *sizes: int) -> None:
    """Send messages of these sizes in bytes on one connection."""
    with connect(websocket_url(server)) as client:
        for size in sizes:
            client.send(message_of(size))
            assert client.recv(timeout=10) == "here"


def test_a_message_goes_to_its_function_and_back(server: ServerProcess) -> None:
    with connect(websocket_url(server)) as client:
        command(client, post="é")
        assert client.recv(timeout=10) == "é"


def test_the_subprotocol_is_the_functions(server: ServerProcess) -> None:
    protocols = [Subprotocol("a"), Subprotocol("b")]
    with connect(
        websocket_url(server), subprotocols=protocols, additional_headers=SELECTING
    ) as client:
        assert client.subprotocol == "b"


@pytest.mark.parametrize("path", ["/talk", "/events/in", "//talk", "/things/1", ""])
def test_a_handshake_is_refused_with_403(server: ServerProcess, path: str) -> None:
    url = server.url.replace("http", "ws") + path
    with pytest.raises(InvalidStatus) as refused, connect(url, additional_headers=REFUSING):
        pass
    assert refused.value.response.status_code == 403


def test_the_address_of_a_redirect_serves_as_well(server: ServerProcess) -> None:
    there = httpx.get(f"{server.url}/talk").headers["location"]
    with connect(there) as client:
        command(client, post="here")
        assert client.recv(timeout=10) == "here"


def test_a_function_closes_with_a_code_and_a_reason(server: ServerProcess) -> None:
    with connect(websocket_url(server)) as client:
        command(client, close="1008 Invalid token")
        assert closed(client) == (1008, "Invalid token")


def test_a_function_drops_a_connection(server: ServerProcess) -> None:
    with connect(websocket_url(server)) as client:
        command(client, close="1006")
        with pytest.raises(ConnectionClosed) as ended:
            client.recv(timeout=10)
        assert ended.value.rcvd is None


def test_a_ping_is_answered(server: ServerProcess) -> None:
    with connect(websocket_url(server)) as client:
        assert client.ping().wait(timeout=10)


def test_a_ping_is_answered_though_all_calls_of_the_connection_take_long(
    server: ServerProcess,
) -> None:
    with connect(websocket_url(server)) as client:
        for _ in range(3 * MAX_CALLS_PER_CONNECTION):
            command(client, sleep="2", post="slow", padding=LONG)
        assert client.ping().wait(timeout=1.5)
        for _ in range(3 * MAX_CALLS_PER_CONNECTION):
            assert client.recv(timeout=10) == "slow"


def test_a_client_that_sends_too_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_messages, "MAX_WAITING", 10)

    async def add_more() -> list[str]:
        waiting, steps = waiting_messages.WaitingMessages(), list[str]()
        await waiting.add(10)

        async def add() -> None:
            await waiting.add(1)
            steps.append("added")

        adding = asyncio.create_task(add())
        await asyncio.sleep(0)
        steps.append("handled")
        waiting.remove(10)
        await adding
        return steps

    assert asyncio.run(add_more()) == ["handled", "added"]


def test_messages_do_not_wait_for_each_other(server: ServerProcess) -> None:
    with connect(websocket_url(server)) as client:
        command(client, sleep="30", post="slow")
        command(client, post="quick")
        assert client.recv(timeout=10) == "quick"


def test_a_message_longer_than_api_gateways_frames_is_taken(server: ServerProcess) -> None:
    with connect(websocket_url(server)) as client:
        command(client, post="a" * 100_000)
        assert client.recv(timeout=10) == "a" * 100_000


def test_a_message_that_aws_refuses_is_a_warning_once_for_each_connection(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    with serving(application(tmp_path), DATA=":memory:") as server:
        send(server, 32_768)
        send(server, 40_000, 32_769, 50_000)
        send(server, 32_768, 32_770)
        server.end(signal.SIGTERM)
        assert server.process.stdout
        output = server.process.stdout.read()
    assert re.findall(r"WebSocket message of (\S+) bytes", output) == ["40,000", "32,770"]


def test_a_message_posted_before_a_close_arrives(server: ServerProcess) -> None:
    with connect(websocket_url(server)) as client:
        command(client, post="last", close="1011")
        assert client.recv(timeout=10) == "last"
        assert closed(client) == (1011, "")


def test_a_client_that_does_not_read_is_not_waited_for(server: ServerProcess) -> None:
    with (
        connect(websocket_url(server), max_queue=1, close_timeout=0.1) as slow,
        connect(websocket_url(server)) as client,
    ):
        assert "LimitExceededException" in fill(client, slow)


def test_a_close_calls_the_function_of_disconnect(tmp_path: Path, dynoxide: object) -> None:
    del dynoxide
    with serving(application(tmp_path), DATA=":memory:") as server:
        with connect(websocket_url(server)) as client:
            client.close(4000, "enough")
        (context,) = event_contexts(tmp_path, "DISCONNECT")
    assert (context["disconnectStatusCode"], context["disconnectReason"]) == (4000, "enough")


@pytest.fixture(scope="module")
def redirecting(
    tmp_path_factory: pytest.TempPathFactory, dynoxide: object
) -> Iterator[ServerProcess]:
    del dynoxide
    folder = application(tmp_path_factory.mktemp("redirecting"))
    port = str(free_port())
    with serving(folder, DATA=":memory:", SOCKETS="redirect", SOCKETS_PORT=port) as server:
        yield server


def test_clients_can_be_led_to_another_port(redirecting: ServerProcess) -> None:
    there = httpx.get(f"{redirecting.url}/talk").headers["location"]
    with connect(websocket_url(redirecting)) as client:
        command(client, post="there")
        assert client.recv(timeout=10) == "there"
        assert f"ws://127.0.0.1:{client.remote_address[1]}/stage?route=/talk" == there


def test_the_port_of_the_sockets_has_nothing_else(redirecting: ServerProcess) -> None:
    there = httpx.get(f"{redirecting.url}/talk").headers["location"].partition("?")[0]
    assert httpx.get(f"http{there[2:]}/things/1").status_code == 403
    with pytest.raises(InvalidStatus) as refused, connect(f"{there}/talk"):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["", "//talk"])
def test_the_other_port_has_no_sockets(redirecting: ServerProcess, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(f"ws{redirecting.url[4:]}{path}"):
        pass
    assert refused.value.response.status_code == 403
