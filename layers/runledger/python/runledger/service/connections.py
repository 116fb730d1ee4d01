"""The WebSocket connections that services use; `adapters.websocket.connections` reaches them."""

from typing import Protocol


class Connections(Protocol):
    """Send to, close and look up connections by their ids."""

    def send(self, connection_id: str, text: str) -> None:
        """Send a message.

        Raises:
            ConnectionClosed: the connection ended.
            Unavailable: the message can't be sent now.
        """

    def close(self, connection_id: str, code: int, reason: str) -> None:
        """Close a connection, which may have ended already.

        Raises:
            Unavailable: the connection can't be reached now.
        """

    def is_open(self, connection_id: str) -> bool:
        """Return whether a connection is open.

        Raises:
            Unavailable: the connection can't be looked up now.
        """
        ...
