"""Messages that clients have sent and functions have not handled yet."""

import asyncio

MAX_WAITING = 16 * 1024 * 1024  # bytes of one connection's messages that wait for their functions


class WaitingMessages:
    """Messages of a connection that were read, up to some bytes, and are not handled yet.

    API Gateway calls a function for each message as it comes, so a client's pings are answered
    although functions are busy. Clients wait for that: Prefect's confirm events by pings.
    """

    def __init__(self) -> None:
        self._bytes = 0
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def add(self, size: int) -> None:
        """Wait until there is room."""
        await self._has_room.wait()
        self._change(size)

    def remove(self, size: int) -> None:
        """Remove one that is handled."""
        self._change(-size)

    def _change(self, size: int) -> None:
        self._bytes += size
        if self._bytes < MAX_WAITING:
            self._has_room.set()
        else:
            self._has_room.clear()
