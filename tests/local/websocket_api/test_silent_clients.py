"""WebSocket clients that send nothing to a server that requires credentials."""

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
from tests.local.websocket_api.clients import closed, event_contexts, websocket_url

SECONDS = 0.05
SILENT = 1011, "No credentials within 0.05 seconds"
MESSAGE = {"type": "websocket.receive", "text": '{"type": "note"}'}
DISCONNECTED = {"type": "websocket.disconnect", "code": 1000}
CONNECT = {"type": "websocket.connect"}
SCOPE: Scope = {
    "raw_path": b"/stage",
    "query_string": b"",
    "headers": [(b"host", b"here")],
    "client": None,
}


class ASGIClient:
    """A client at the ASGI interface; it answers a close frame.

    If it leaves by itself, it does so long after the server would have closed.
    """

    def __init__(self, *messages: Message, leaves: bool = False) -> None:
        self.closed: tuple[int, str] | None = None
        self._leaves = leaves
        self._queue: asyncio.Queue[Message] = asyncio.Queue()
        for message in (CONNECT, *messages):
            self._queue.put_nowait(message)

    async def receive(self) -> Message:
        return await self._queue.get()

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.accept" and self._leaves:
            asyncio.get_running_loop().call_later(SECONDS * 8, self.push, DISCONNECTED)
        if message["type"] == "websocket.close":
            self.closed = message["code"], message["reason"]
            self.push(DISCONNECTED)

    def push(self, message: Message) -> None:
        self._queue.put_nowait(message)


def serve_clients(folder: Path, seconds: float | None, *clients: ASGIClient) -> None:
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
def test_a_client_that_sends_nothing_is_closed_with_a_disconnect_event(
    tmp_path: Path, count: int
) -> None:
    clients = [ASGIClient() for _ in range(count)]
    serve_clients(tmp_path, SECONDS, *clients)
    assert [client.closed for client in clients] == [SILENT] * count
    assert len(event_contexts(tmp_path, "DISCONNECT")) == count


@pytest.mark.parametrize("order", ["silent, speaks", "speaks, silent", "speaks, speaks"])
def test_a_client_that_has_sent_something_stays(tmp_path: Path, order: str) -> None:
    kinds = order.split(", ")
    clients = [
        ASGIClient(MESSAGE, leaves=True) if kind == "speaks" else ASGIClient() for kind in kinds
    ]
    serve_clients(tmp_path, SECONDS, *clients)
    assert [client.closed for client in clients] == expected(kinds)
    assert len(event_contexts(tmp_path, "DISCONNECT")) == len(clients)


def expected(kinds: Sequence[str]) -> list[tuple[int, str] | None]:
    return [None if kind == "speaks" else SILENT for kind in kinds]


def test_a_client_that_leaves_in_time_has_one_disconnect_event(tmp_path: Path) -> None:
    client = ASGIClient(DISCONNECTED)
    serve_clients(tmp_path, SECONDS, client)
    assert (client.closed, len(event_contexts(tmp_path, "DISCONNECT"))) == (None, 1)


def test_without_authentication_a_silent_client_stays(tmp_path: Path) -> None:
    client = ASGIClient(leaves=True)
    serve_clients(tmp_path, None, client)
    assert client.closed is None


def test_a_server_with_a_password_ends_silent_clients_after_ten_seconds(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    for name in ("guarded", "open"):
        (tmp_path / name).mkdir()
    with (
        serving(application(tmp_path / "guarded"), AUTH="user:password", DATA=":memory:") as server,
        serving(application(tmp_path / "open"), DATA=":memory:") as open_server,
        connect(websocket_url(open_server)) as unauthenticated,
        connect(websocket_url(server)) as silent,
    ):
        with pytest.raises(TimeoutError):
            silent.recv(timeout=8)
        assert closed(silent) == (1011, "No credentials within 10 seconds")
        unauthenticated.send('{"type": "obey", "post": "here"}')
        assert unauthenticated.recv(timeout=10) == "here"
