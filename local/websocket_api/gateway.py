"""The connections of a WebSocket API: passes messages to functions, and their posts to clients.

Synchronous and without network I/O: `asgi.py` and `client.py` connect clients.
"""

import json
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from local.cloudformation.triggers import WebSocketApiDefinition
from local.functions import Functions
from local.rest_api.events import Event, HttpRequest
from local.rest_api.gateway import HttpResponse
from local.websocket_api.events import (
    CONNECT,
    DEFAULT,
    DISCONNECT,
    ConnectionInfo,
    connect_event,
    connection_info,
    disconnect_event,
    message_event,
)

BAD_GATEWAY = 502
MIN_ERROR_STATUS = 400


class SendBufferFull(Exception):  # noqa: N818 an answer, not an error
    """The client does not read its messages."""


class ConnectionGone(Exception):  # noqa: N818 as above
    """No connection has this id, or it is closing."""


class HandshakeRefused(Exception):  # noqa: N818 as above
    """The response to a handshake opens no connection."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        super().__init__(response.status)


class ClientTransport(Protocol):
    """Sends a function's messages to the client of a connection."""

    def send(self, message: bytes) -> None:
        """Never block: raise SendBufferFull, or ConnectionGone while the connection closes."""

    def close(self, code: int, reason: str) -> None: ...


@dataclass(frozen=True)
class OpenConnection:
    info: ConnectionInfo
    transport: ClientTransport


class AcceptedHandshake(NamedTuple):
    connection: OpenConnection
    subprotocol: str | None


class WebSocketApi:
    def __init__(self, definition: WebSocketApiDefinition, functions: Functions) -> None:
        self.definition = definition
        self._functions = functions
        self._connections: dict[str, OpenConnection] = {}

    def connect(self, request: HttpRequest, transport: ClientTransport) -> AcceptedHandshake:
        """Open a connection if its function accepts the handshake, or raise HandshakeRefused.

        Functions can post to the connection from then on.
        """
        connection = OpenConnection(connection_info(request, self.definition.stage), transport)
        status, subprotocol = self._call_connect(connect_event(connection.info, request))
        if status >= MIN_ERROR_STATUS:
            raise HandshakeRefused(HttpResponse(status))
        self._connections[connection.info.id] = connection
        return AcceptedHandshake(connection, subprotocol)

    def receive(self, connection: OpenConnection, message: str | bytes) -> None:
        """Call the function of the message's route; its return value goes nowhere."""
        route = self._route(message)
        if (operation := self.definition.routes.get(route)) is None:
            self._send_error(connection, "Forbidden")
            return
        event = message_event(connection.info, route, message)
        try:
            self._functions.call(operation, event)
        except Exception:  # noqa: BLE001 as at AWS, no failure of a function ends the gateway
            sys.stderr.write(traceback.format_exc())
            self._send_error(connection, "Internal server error")

    def disconnect(self, connection: OpenConnection, code: int, reason: str) -> None:
        """Call the function of $disconnect: once, whichever side closed the connection."""
        known = self._connections.pop(connection.info.id, None)
        operation = self.definition.routes.get(DISCONNECT)
        if known is None or operation is None:
            return
        try:
            self._functions.call(operation, disconnect_event(connection.info, code, reason))
        except Exception:  # noqa: BLE001 as above
            sys.stderr.write(traceback.format_exc())

    def forget(self, connection: OpenConnection) -> None:
        """Remove a connection without a $disconnect event."""
        self._connections.pop(connection.info.id, None)

    def find(self, connection_id: str) -> OpenConnection:
        try:
            return self._connections[connection_id]
        except KeyError:
            raise ConnectionGone(connection_id) from None

    def _call_connect(self, event: Event) -> tuple[int, str | None]:
        """The status with which the function of $connect answers, and the subprotocol."""
        if (operation := self.definition.routes.get(CONNECT)) is None:
            return 200, None
        try:
            answer = self._functions.call(operation, event)
            headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
            return int(answer["statusCode"]), headers.get("sec-websocket-protocol")
        except Exception:  # noqa: BLE001 as above
            sys.stderr.write(traceback.format_exc())
            return BAD_GATEWAY, None

    def _route(self, message: str | bytes) -> str:
        try:
            key = json.loads(message)[self.definition.route_selector]
        except (ValueError, TypeError, LookupError, RecursionError):
            return DEFAULT
        return key if isinstance(key, str) and key in self.definition.routes else DEFAULT

    def _send_error(self, connection: OpenConnection, message: str) -> None:
        body = {"message": message, "connectionId": connection.info.id}
        with suppress(SendBufferFull, ConnectionGone):
            connection.transport.send(json.dumps(body).encode())
