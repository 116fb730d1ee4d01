"""uvicorn's WebSocket protocol, with a shutdown that loses no message of a client."""

from contextlib import suppress

from starlette.types import Message
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

# Sends a close frame, as "websocket.close" does. uvicorn discards incoming messages after
# "websocket.close"; after this one, it receives them until the client answers the close frame.
CLOSE_BUT_RECEIVE = "local.close"


class GracefulWebSocketProtocol(WebSocketsSansIOProtocol):
    async def send(self, message: Message) -> None:  # type: ignore[override]
        if message["type"] != CLOSE_BUT_RECEIVE:
            await super().send(message)  # type: ignore[arg-type]
            return
        with suppress(InvalidState):  # The client closes, too.
            self.conn.send_close(message["code"], message["reason"])
            self.transport.write(b"".join(self.conn.data_to_send()))

    def shutdown(self) -> None:
        """End the connection, even if the client has not answered: its messages may be lost."""
        if self.conn.close_sent and not self.close_sent:
            self.close_sent = True
            self.queue.put_nowait({"type": "websocket.disconnect", "code": 1001})
        super().shutdown()
