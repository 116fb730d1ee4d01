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
from tests.local.serving import Running


def talk(server: Running) -> str:
    return server.url.replace("http", "ws") + "/talk"


class Wire:
    """A client that reads when it is told to."""

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

    def hear(self) -> Self:
        self.protocol.receive_data(self.socket.recv(4096))
        return self

    def closed(self) -> tuple[int, str] | None:
        """The code and the reason with which the server has closed, if it has not just left."""
        while not (heard := self.protocol.close_rcvd) and (data := self.socket.recv(4096)):
            self.protocol.receive_data(data)
        return (heard.code, heard.reason) if heard else None

    def flush(self) -> None:
        self.socket.sendall(b"".join(self.protocol.data_to_send()))

    def __exit__(self, *_: object) -> None:
        self.socket.close()


def obey(client: ClientConnection, **what: str) -> None:
    client.send(json.dumps({"type": "obey"} | what))


def closed(client: ClientConnection) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as ended:
        client.recv(timeout=10)
    assert ended.value.rcvd
    return ended.value.rcvd.code, ended.value.rcvd.reason


def fill(client: ClientConnection, slow: ClientConnection) -> Iterator[object]:
    """What the one client hears while it has much posted to the other, who does not read."""
    obey(slow, name="")
    whom = str(slow.recv(timeout=10))
    for _ in range(200):
        obey(client, post="a" * 100_000, whom=whom, name="")
        yield client.recv(timeout=10)


def told(folder: Path, kind: str) -> list[dict[str, object]]:
    """The contexts of the events of a kind, once there is one."""
    for _ in range(500):
        contexts = [event["requestContext"] for event in sample.noted(folder)]
        if found := [context for context in contexts if context["eventType"] == kind]:
            break
        time.sleep(0.01)
    return found
