"""WebSocket clients of the sample application behind a server."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection
from websockets.uri import parse_uri

from tests.local import sample
from tests.local.serving import ServerProcess


def websocket_url(server: ServerProcess) -> str:
    """The path that redirects to the WebSocket API."""
    return server.url.replace("http", "ws") + "/talk"


class RawClient:
    """A client that reads only when a test calls `receive` or `closed`."""

    def __init__(self, address: str) -> None:
        uri = parse_uri(address)
        self.protocol = ClientProtocol(uri)
        self.socket = socket.create_connection((uri.host, uri.port), timeout=10)

    def __enter__(self) -> Self:
        return self

    def shake_hands(self, **headers: str) -> Self:
        request = self.protocol.connect()
        request.headers.update(headers)
        self.protocol.send_request(request)
        self.flush()
        return self

    def receive(self) -> Self:
        self.protocol.receive_data(self.socket.recv(4096))
        return self

    def closed(self) -> tuple[int, str] | None:
        """The code and the reason of the server's close frame; None if it sent none."""
        while not (close := self.protocol.close_rcvd) and (data := self.socket.recv(4096)):
            self.protocol.receive_data(data)
        return (close.code, close.reason) if close else None

    def flush(self) -> None:
        self.socket.sendall(b"".join(self.protocol.data_to_send()))

    def __exit__(self, *_: object) -> None:
        self.socket.close()


def command(client: ClientConnection, **action: str) -> None:
    client.send(json.dumps({"type": "obey"} | action))


def closed(client: ClientConnection) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as ended:
        client.recv(timeout=10)
    assert ended.value.rcvd
    return ended.value.rcvd.code, ended.value.rcvd.reason


def fill(client: ClientConnection, slow: ClientConnection) -> Iterator[object]:
    """Let one client post to another, which does not read; yield the answers to the first."""
    command(slow, name="")
    target = str(slow.recv(timeout=10))
    for _ in range(200):
        command(client, post="a" * 100_000, target=target, name="")
        yield client.recv(timeout=10)


def event_contexts(folder: Path, event_type: str) -> list[dict[str, object]]:
    """The request contexts of the events of a type: wait until there is one."""
    for _ in range(500):
        contexts = [event["requestContext"] for event in sample.recorded_events(folder)]
        if found := [context for context in contexts if context["eventType"] == event_type]:
            break
        time.sleep(0.01)
    return found
