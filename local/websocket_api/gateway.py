"""The connections of a WebSocket API: passes messages to functions, and their posts to clients.

Synchronous and without network I/O: `sockets.py` and `socket_client.py` connect clients.
"""

import json
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from local.event_sources.triggers import SocketApi
from local.functions import Functions
from local.rest_api.events import Event, HttpRequest
from local.websocket_api.events import (
    CONNECT,
    DEFAULT,
    DISCONNECT,
    Caller,
    caller,
    connect_event,
    disconnect_event,
    message_event,
)

FAILED = 502
FIRST_REFUSAL = 400


class Full(Exception):  # noqa: N818 an answer, not an error
    """The client does not read what it was sent."""


class ConnectionClosed(Exception):  # noqa: N818 as above
    """No connection has this id, or it is ending."""


class End(Protocol):
    """The client's end of a connection."""

    def send(self, message: bytes) -> None:
        """Raise Full rather than wait, and Gone where the connection is being closed."""

    def close(self, code: int, reason: str) -> None: ...


@dataclass(frozen=True)
class OpenConnection:
    caller: Caller
    end: End


class HandshakeRefused(Exception):  # noqa: N818 as above
    """A handshake is answered with a status, not with a connection."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


class Opened(NamedTuple):
    connection: OpenConnection
    subprotocol: str | None


class WebSocketApi:
    def __init__(self, api: SocketApi, functions: Functions) -> None:
        self.api = api
        self._functions = functions
        self._connections: dict[str, OpenConnection] = {}

    def connect(self, request: HttpRequest, end: End) -> Opened:
        """A connection that can be posted to once its function has accepted it, or Refused."""
        connection = OpenConnection(caller(request, self.api.stage), end)
        status, subprotocol = self._ask(connect_event(connection.caller, request))
        if status >= FIRST_REFUSAL:
            raise HandshakeRefused(status)
        self._connections[connection.caller.id] = connection
        return Opened(connection, subprotocol)

    def receive(self, connection: OpenConnection, message: str | bytes) -> None:
        """Hand a message to the function of its route; what that answers goes nowhere."""
        route = self._route(message)
        if (operation := self.api.routes.get(route)) is None:
            self._complain(connection, "Forbidden")
            return
        event = message_event(connection.caller, route, message)
        try:
            self._functions.call(operation, event)
        except Exception:  # noqa: BLE001 as at AWS, no failure of a function ends the gateway
            sys.stderr.write(traceback.format_exc())
            self._complain(connection, "Internal server error")

    def disconnect(self, connection: OpenConnection, code: int, reason: str) -> None:
        """Tell the function that a connection has ended: once, whoever ended it."""
        known = self._connections.pop(connection.caller.id, None)
        operation = self.api.routes.get(DISCONNECT)
        if known is None or operation is None:
            return
        try:
            self._functions.call(operation, disconnect_event(connection.caller, code, reason))
        except Exception:  # noqa: BLE001 as above
            sys.stderr.write(traceback.format_exc())

    def forget(self, connection: OpenConnection) -> None:
        """Lose a connection that has ended, and tell nobody."""
        self._connections.pop(connection.caller.id, None)

    def find(self, identity: str) -> OpenConnection:
        try:
            return self._connections[identity]
        except KeyError:
            raise ConnectionClosed(identity) from None

    def _ask(self, event: Event) -> tuple[int, str | None]:
        """The status that a handshake is answered with, and the subprotocol."""
        if (operation := self.api.routes.get(CONNECT)) is None:
            return 200, None
        try:
            answer = self._functions.call(operation, event)
            headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
            return int(answer["statusCode"]), headers.get("sec-websocket-protocol")
        except Exception:  # noqa: BLE001 as above
            sys.stderr.write(traceback.format_exc())
            return FAILED, None

    def _route(self, message: str | bytes) -> str:
        try:
            named = json.loads(message)[self.api.selected_by]
        except (ValueError, TypeError, LookupError, RecursionError):
            return DEFAULT
        return named if isinstance(named, str) and named in self.api.routes else DEFAULT

    def _complain(self, connection: OpenConnection, message: str) -> None:
        said = {"message": message, "connectionId": connection.caller.id}
        with suppress(Full, ConnectionClosed):
            connection.end.send(json.dumps(said).encode())
