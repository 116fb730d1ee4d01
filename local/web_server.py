"""uvicorn, with a shutdown that answers every client."""

import asyncio
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial

import uvicorn

from local.application import Application
from local.ports import StoppableServer
from local.rest_api.protocol import HttpProtocol
from local.websocket_api.protocol import GracefulWebSocketProtocol

MAX_MESSAGE_BYTES = 4 * 1024 * 1024  # API Gateway: 32 KB in a frame
SECONDS_TO_ANSWER = 1.0


class LocalServer(StoppableServer):
    """Closes the WebSockets while it still answers their functions' requests.

    Clients that have connected by then get an answer: a task worker reconnects if its connection
    is closed or refused, but ends for good if its handshake is cut off.
    """

    def __init__(self, application: Application) -> None:
        self._protocol = partial(HttpProtocol, answers_at=application.answers_at)
        super().__init__(
            uvicorn.Config(
                application.app,
                access_log=False,
                http=self._protocol,  # type: ignore[arg-type] # called as the class would be
                lifespan="off",
                log_config=None,
                loop="asyncio",
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=3,
                ws=GracefulWebSocketProtocol,
                ws_max_size=MAX_MESSAGE_BYTES,
                ws_per_message_deflate=False,
            )
        )
        # Import now, not after the console has said that Ctrl-C stops the server: Python gives a
        # process that is interrupted within an import another exit code.
        self.config.load()
        self._websocket_server = application.websocket_server

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._websocket_server.stop()
        for connection in self._close_ports(sockets or []):
            await asyncio.get_running_loop().connect_accepted_socket(self._new_protocol, connection)
        await self._answer_first_requests()
        await super().shutdown(sockets)

    def _close_ports(self, listeners: Sequence[socket.socket]) -> list[socket.socket]:
        """Stop listening; return the connections in the backlogs, which that would reset."""
        waiting: list[socket.socket] = []
        for server, listener in zip(self.servers, listeners, strict=False):
            waiting += _backlog(listener)
            server.close()
        return waiting

    def _new_protocol(self) -> HttpProtocol:
        return self._protocol(self.config, self.server_state, self.lifespan.state)

    async def _answer_first_requests(self) -> None:
        """Wait for the first request of each connection, and for handshakes to end."""
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        connections = self.server_state.connections
        while any(map(_is_new, connections)) and time.monotonic() < deadline:  # noqa: ASYNC110 uvicorn has no event for it
            await asyncio.sleep(0.01)


def _backlog(listener: socket.socket) -> Iterator[socket.socket]:
    with suppress(BlockingIOError):
        while True:
            yield listener.accept()[0]


def _is_new(connection: asyncio.Protocol) -> bool:
    if isinstance(connection, GracefulWebSocketProtocol):
        return not connection.handshake_complete
    return isinstance(connection, HttpProtocol) and connection.cycle is None
