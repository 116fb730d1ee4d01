"""Responses in any form of HTTP/1.1, which `http.client` reads."""

import socket
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from typing import NamedTuple

from runledger.store.dynamodb.http_messages import RawResponse


class UnusualResponse:
    """A response of which the head has come."""

    def __init__(self, connected: socket.socket, came: bytes) -> None:
        """Read the head, of which some bytes have come.

        Raises:
            OSError: the connection was closed, or nothing came in time.
            http.client.HTTPException: what came is no response.
        """
        opened = _Opened(_Received(connected, came))
        self._response = HTTPResponse(opened, method="POST")  # type: ignore[arg-type]
        self._response.begin()

    def read(self) -> RawResponse:
        """Return the response with its body.

        Raises:
            OSError: the connection was closed, or nothing came in time.
            http.client.HTTPException: the connection ended before the body.
        """
        with self._response as response:
            body = response.read()
            headers = {name.lower(): value for name, value in response.headers.items()}
            return RawResponse(response.status, headers, body, response.will_close)


class _Received(RawIOBase):
    """The bytes that have come on a connection, and those that come after them."""

    def __init__(self, connected: socket.socket, came: bytes) -> None:
        self._connected, self._came = connected, came

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._came:
            return self._connected.recv_into(buffer)
        count = min(len(buffer), len(self._came))
        buffer[:count], self._came = self._came[:count], self._came[count:]
        return count


class _Opened(NamedTuple):
    """A file, for `http.client` to read as it reads a socket."""

    file: _Received

    def makefile(self, _: str) -> BufferedReader:
        return BufferedReader(self.file)
