"""uvicorn, with a shutdown that answers every client."""

import asyncio
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.application import Application
from local.ports import StoppableServer
from local.websocket_api.protocol import SocketProtocol

LARGEST_MESSAGE = 4 * 1024 * 1024  # API Gateway: 32 KB in a frame
SECONDS_TO_ASK = 1.0


class Server(StoppableServer):
    """Ends the WebSockets while it still answers what their functions ask.

    Who has connected by then gets an answer: a task worker comes back if its connection is closed
    or refused, and ends for good if its handshake is cut off.
    """

    def __init__(self, serving: Application) -> None:
        super().__init__(
            uvicorn.Config(
                serving.app,
                access_log=False,
                http=H11Protocol,
                lifespan="off",
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=3,
                ws=SocketProtocol,
                ws_max_size=LARGEST_MESSAGE,
                ws_per_message_deflate=False,
            )
        )
        # Imported now, not after the user was told that Ctrl-C stops it: Python gives a process
        # that is interrupted within an import another exit code, even if it ends in good order.
        self.config.load()
        self._sockets = serving.sockets

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._sockets.end()
        for connection in self._close_ports(sockets or []):
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        await self._answer_newcomers()
        await super().shutdown(sockets)

    def _close_ports(self, listeners: Sequence[socket.socket]) -> list[socket.socket]:
        """Refuse callers from now on; who waits in a port's queue would be cut off by that."""
        waiting: list[socket.socket] = []
        for server, listener in zip(self.servers, listeners, strict=False):
            waiting += _waiting_at(listener)
            server.close()
        return waiting

    def _protocol(self) -> H11Protocol:
        return H11Protocol(self.config, self.server_state, self.lifespan.state)

    async def _answer_newcomers(self) -> None:
        """Wait for the first requests of those who have connected, and for handshakes to end."""
        give_up = time.monotonic() + SECONDS_TO_ASK
        connections = self.server_state.connections
        while any(map(_is_new, connections)) and time.monotonic() < give_up:  # noqa: ASYNC110 uvicorn tells nobody
            await asyncio.sleep(0.01)


def _waiting_at(listener: socket.socket) -> Iterator[socket.socket]:
    with suppress(BlockingIOError):
        while True:
            yield listener.accept()[0]


def _is_new(connection: asyncio.Protocol) -> bool:
    if isinstance(connection, SocketProtocol):
        return not connection.handshake_complete
    return isinstance(connection, H11Protocol) and connection.cycle is None
