"""Clients of WebSockets that say nothing, where credentials are asked for."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from starlette.types import Message, Scope
from websockets.sync.client import connect

from local.cloudformation import template
from local.functions import Functions
from local.websocket_api import handshake_routing
from local.websocket_api.asgi import WebSocketServer
from local.websocket_api.gateway import WebSocketApi
from tests.local import sample
from tests.local.serving import application, serving
from tests.local.talking import closed, talk, told

SECONDS = 0.05
SILENT = 1011, "No credentials within 0.05 seconds"
SAID = {"type": "websocket.receive", "text": '{"type": "note"}'}
LEFT = {"type": "websocket.disconnect", "code": 1000}
CONNECT = {"type": "websocket.connect"}
SCOPE: Scope = {
    "raw_path": b"/stage",
    "query_string": b"",
    "headers": [(b"host", b"here")],
    "client": None,
}


class Client:
    """What ASGI brings of a client, and takes to it; it answers a close frame.

    It leaves by itself long after it would have been ended, if it ever does.
    """

    def __init__(self, *says: Message, leaves: bool = False) -> None:
        self.closed: tuple[int, str] | None = None
        self._leaves = leaves
        self._queue: asyncio.Queue[Message] = asyncio.Queue()
        for message in (CONNECT, *says):
            self._queue.put_nowait(message)

    async def receive(self) -> Message:
        return await self._queue.get()

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.accept" and self._leaves:
            asyncio.get_running_loop().call_later(SECONDS * 8, self.say, LEFT)
        if message["type"] == "websocket.close":
            self.closed = message["code"], message["reason"]
            self.say(LEFT)

    def say(self, message: Message) -> None:
        self._queue.put_nowait(message)


def converse(folder: Path, seconds: float | None, *clients: Client) -> None:
    """Serve the clients until they have gone."""

    async def serve() -> None:
        loaded = template.load(sample.write(folder))
        websocket_api = WebSocketApi(loaded.websocket_api, Functions(loaded))
        server = WebSocketServer(websocket_api, seconds)
        app = server.app(handshake_routing.websocket_api_only(websocket_api))
        served = [app(SCOPE, client.receive, client.send) for client in clients]
        await asyncio.wait_for(asyncio.gather(*served), 20)

    asyncio.run(serve())


@pytest.mark.parametrize("count", [1, 5])
def test_a_client_that_says_nothing_is_ended_and_that_is_told(tmp_path: Path, count: int) -> None:
    clients = [Client() for _ in range(count)]
    converse(tmp_path, SECONDS, *clients)
    assert [client.closed for client in clients] == [SILENT] * count
    assert len(told(tmp_path, "DISCONNECT")) == count


@pytest.mark.parametrize("order", ["silent, speaks", "speaks, silent", "speaks, speaks"])
def test_a_client_that_has_said_something_may_be_silent(tmp_path: Path, order: str) -> None:
    kinds = order.split(", ")
    clients = [Client(SAID, leaves=True) if kind == "speaks" else Client() for kind in kinds]
    converse(tmp_path, SECONDS, *clients)
    assert [client.closed for client in clients] == expected(kinds)
    assert len(told(tmp_path, "DISCONNECT")) == len(clients)


def expected(kinds: Sequence[str]) -> list[tuple[int, str] | None]:
    return [None if kind == "speaks" else SILENT for kind in kinds]


def test_a_client_that_leaves_in_time_is_told_of_once(tmp_path: Path) -> None:
    client = Client(LEFT)
    converse(tmp_path, SECONDS, client)
    assert (client.closed, len(told(tmp_path, "DISCONNECT"))) == (None, 1)


def test_where_nobody_asks_for_credentials_a_client_may_be_silent(tmp_path: Path) -> None:
    client = Client(leaves=True)
    converse(tmp_path, None, client)
    assert client.closed is None


def test_a_server_with_a_password_ends_silent_clients_after_ten_seconds(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    for name in ("guarded", "open"):
        (tmp_path / name).mkdir()
    with (
        serving(application(tmp_path / "guarded"), AUTH="user:password", DATA=":memory:") as server,
        serving(application(tmp_path / "open"), DATA=":memory:") as other,
        connect(talk(other)) as unasked,
        connect(talk(server)) as silent,
    ):
        with pytest.raises(TimeoutError):
            silent.recv(timeout=8)
        assert closed(silent) == (1011, "No credentials within 10 seconds")
        unasked.send('{"type": "obey", "post": "here"}')
        assert unasked.recv(timeout=10) == "here"
