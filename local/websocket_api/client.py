"""WebSocket clients without a network: they connect to a hub in the same process."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from local.rest_api.events import HttpRequest, Pairs
from local.rest_api.gateway import GatewayAnswer
from local.websocket_api.gateway import Full, Opened, WebSocketApi
from local.websocket_api.handshake_routing import Entrance


class HandshakeRefused(Exception):  # noqa: N818 an answer, not an error
    def __init__(self, answer: GatewayAnswer) -> None:
        self.answer = answer
        super().__init__(answer.status)


class Line:
    """What goes from the functions to a client."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.closed: tuple[int, str] | None = None
        self.is_read = True
        self.after_close: Callable[[int, str], None] = lambda *_: None

    def send(self, message: bytes) -> None:
        if not self.is_read:
            raise Full
        self.messages.append(message.decode())

    def close(self, code: int, reason: str) -> None:
        if self.closed is None:
            self.closed = (code, reason)
            self.after_close(code, reason)


class SocketClient:
    def __init__(self, websocket_api: WebSocketApi, line: Line, opened: Opened) -> None:
        self.subprotocol = opened.subprotocol
        self._hub = websocket_api
        self._line = line
        self._connection = opened.connection
        line.after_close = self.close

    @property
    def id(self) -> str:
        return self._connection.caller.id

    @property
    def closed(self) -> tuple[int, str] | None:
        """The code and the reason with which the functions have ended the connection."""
        return self._line.closed

    def send(self, message: str | bytes) -> None:
        """Return when the function has handled it."""
        self._hub.receive(self._connection, message)

    def received(self) -> list[str]:
        """What has come in since the last call."""
        received, self._line.messages = self._line.messages, []
        return received

    def stop_reading(self) -> None:
        """Be a slow consumer: nothing more can be posted."""
        self._line.is_read = False

    def close(self, code: int = 1000, reason: str = "") -> None:
        """End the connection from here; 1006 is without a closing handshake."""
        self._hub.disconnect(self._connection, code, reason)

    def vanish(self) -> None:
        """End the connection without anybody being told, as API Gateway may forget to."""
        self._hub.forget(self._connection)


class Sockets:
    """Opens connections."""

    def __init__(self, websocket_api: WebSocketApi, enter: Entrance) -> None:
        self._hub = websocket_api
        self._enter = enter

    def connect(
        self, path: str, headers: Pairs = (), *, subprotocols: Sequence[str] = ()
    ) -> SocketClient:
        """A connection to a path of either API, stage and query with it; or HandshakeRefused."""
        offered = [("Sec-WebSocket-Protocol", ", ".join(subprotocols))] if subprotocols else []
        asked = urlsplit(path)
        every = [("Host", "localhost"), *headers, *offered]
        request = HttpRequest("GET", asked.path, asked.query, every)
        line = Line()
        opened = self._enter(request, line)
        if isinstance(opened, GatewayAnswer):
            raise HandshakeRefused(opened)
        return SocketClient(self._hub, line, opened)
