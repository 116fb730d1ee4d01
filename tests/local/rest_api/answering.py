"""A server of some answers, and clients that speak HTTP by sockets."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from local.rest_api.answers import HttpAnswers, LogAccess
from local.rest_api.events import HttpRequest
from local.rest_api.gateway import HttpResponse
from local.rest_api.protocol import HttpProtocol

SECONDS = 5.0
LARGE = 300_000  # bytes: more than the server reads at a time


class HttpAnswersServer:
    """Serves answers, until it is stopped."""

    def __init__(self, answers: HttpAnswers) -> None:
        self.state = ServerState()
        self._answers, self._ready = answers, threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._ready.wait(SECONDS)

    def client(self) -> socket.socket:
        return socket.create_connection(self.address, SECONDS)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(self._protocol, "127.0.0.1")
        self.address = server.sockets[0].getsockname()
        self._ready.set()
        await self._stopped.wait()
        server.close()
        for connection in list(self.state.connections):
            assert isinstance(connection, HttpProtocol)
            connection.transport.abort()
        await server.wait_closed()
        # Transports close in the next turn of the loop.
        await asyncio.sleep(0)

    def _protocol(self) -> HttpProtocol:
        config = uvicorn.Config(lambda _: None, log_config=None)
        return HttpProtocol(config, self.state, {}, answers_at=lambda _: self._answers)


@contextmanager
def served(*given: Any, log_access: LogAccess = lambda *_: None) -> Iterator[HttpAnswersServer]:
    server = HttpAnswersServer(HttpAnswers(*given, log_access=log_access))
    try:
        yield server
    finally:
        server.stop()


def echo(request: HttpRequest) -> HttpResponse:
    said = f"{request.method} {request.raw_path} {len(request.body)}".encode()
    return HttpResponse(200, [("X-Of", "echo")], said + request.body)


def post(path: str, body: bytes, *more: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: here", f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


def received(client: socket.socket, end: bytes) -> bytes:
    """Read what comes up to this end."""
    text = b""
    while not text.endswith(end):
        text += client.recv(LARGE)
    return text


def responses(client: socket.socket, *methods: str) -> Iterator[tuple[int, bytes]]:
    """Read the statuses and bodies of responses to requests with these methods."""
    with client.makefile("rb") as file:
        for method in methods:
            response = HTTPResponse(_Made(file), method=method)  # type: ignore[arg-type]
            response.begin()
            yield response.status, response.read()


class _Made:
    """A file, for `http.client` to read responses one after the other."""

    def __init__(self, file: object) -> None:
        self.file = file

    def makefile(self, _: str) -> "_Made":
        return self

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)

    def close(self) -> None:
        """Keep the file for the next response."""
