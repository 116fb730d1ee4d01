"""WebSocket clients without a network: they connect to a WebSocketApi in the same process."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from local.rest_api.events import HttpRequest, Pairs
from local.rest_api.gateway import HttpResponse
from local.websocket_api.gateway import (
    AcceptedHandshake,
    HandshakeRefused,
    SendBufferFull,
    WebSocketApi,
)
from local.websocket_api.handshake_routing import HandshakeRouter


class InProcessTransport:
    """Collects the messages that the functions post to a client."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.closed: tuple[int, str] | None = None
        self.is_read = True
        self.after_close: Callable[[int, str], None] = lambda *_: None

    def send(self, message: bytes) -> None:
        if not self.is_read:
            raise SendBufferFull
        self.messages.append(message.decode())

    def close(self, code: int, reason: str) -> None:
        if self.closed is None:
            self.closed = (code, reason)
            self.after_close(code, reason)


class WebSocketClient:
    def __init__(
        self,
        websocket_api: WebSocketApi,
        transport: InProcessTransport,
        accepted: AcceptedHandshake,
    ) -> None:
        self.subprotocol = accepted.subprotocol
        self._websocket_api = websocket_api
        self._transport = transport
        self._connection = accepted.connection
        transport.after_close = self.close

    @property
    def id(self) -> str:
        return self._connection.info.id

    @property
    def closed(self) -> tuple[int, str] | None:
        """The code and the reason with which a function has closed the connection."""
        return self._transport.closed

    def send(self, message: str | bytes) -> None:
        """Return when the function has handled the message."""
        self._websocket_api.receive(self._connection, message)

    def received(self) -> list[str]:
        """The messages since the last call."""
        received, self._transport.messages = self._transport.messages, []
        return received

    def stop_reading(self) -> None:
        """Be a slow consumer: each later post raises SendBufferFull."""
        self._transport.is_read = False

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection as its client; 1006 means without a closing handshake."""
        self._websocket_api.disconnect(self._connection, code, reason)

    def vanish(self) -> None:
        """End the connection without a $disconnect event: API Gateway may lose one."""
        self._websocket_api.forget(self._connection)


class Connector:
    """Opens WebSocket connections to either API."""

    def __init__(self, websocket_api: WebSocketApi, route_handshake: HandshakeRouter) -> None:
        self._websocket_api = websocket_api
        self._route_handshake = route_handshake

    def connect(
        self, path: str, headers: Pairs = (), *, subprotocols: Sequence[str] = ()
    ) -> WebSocketClient:
        """Connect to a path that includes the stage and the query, or raise HandshakeRefused."""
        offered = [("Sec-WebSocket-Protocol", ", ".join(subprotocols))] if subprotocols else []
        url = urlsplit(path)
        every = [("Host", "localhost"), *headers, *offered]
        request = HttpRequest("GET", url.path, url.query, every)
        transport = InProcessTransport()
        result = self._route_handshake(request, transport)
        if isinstance(result, HttpResponse):
            raise HandshakeRefused(result)
        return WebSocketClient(self._websocket_api, transport, result)
