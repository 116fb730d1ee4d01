"""HTTP/1.1 messages: a POST as bytes, and the response to it.

`http.client` sends head and body in two packets, and parses the head of a response as that of an
e-mail: two thirds of the processor time of a small call. Here it only reads the responses that are
not in the usual form: one with a length, on a connection that stays open.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPResponse, IncompleteRead
from io import BufferedReader, RawIOBase
from typing import NamedTuple

END = b"\r\n\r\n"
VERSION = "HTTP/1.1"
# What "Connection" says on one that stays open, if there is such a header.
KEPT = "keep-alive"
# The bytes that are taken at once: small responses come whole.
USUAL_BYTES = 64 * 1024
WITHOUT_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


class RawResponse(NamedTuple):
    """A response with its whole body; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_last: bool = False
    """Whether the connection can't be used again."""


def post(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Spell a POST whose response must not be compressed."""
    lines = [
        f"POST {path} {VERSION}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "Accept-Encoding: identity",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode("latin-1") + END + body


class Head(NamedTuple):
    """The head of a response in the usual form, and its length in bytes."""

    status: int
    headers: Mapping[str, str]
    length: int


class Incoming:
    """A response of which the head has come."""

    def __init__(self, connected: socket.socket) -> None:
        """Await the head.

        Raises:
            OSError: the connection was closed, or nothing came in time.
            http.client.HTTPException: what came is no response.
        """
        self._connected = connected
        self._came = connected.recv(USUAL_BYTES)
        self._begun = _usual_head(self._came) or _head_in_any_form(connected, self._came)

    def read(self) -> RawResponse:
        """Return the response with its body.

        Raises:
            OSError: the connection was closed, or nothing came in time.
            http.client.HTTPException: the connection ended before the body.
        """
        if isinstance(self._begun, Head):
            return self._usual(self._begun)
        with self._begun:
            return _unusual(self._begun)

    def _usual(self, head: Head) -> RawResponse:
        begin, length = self._came[head.length :], int(head.headers["content-length"])
        if len(begin) < length:
            begin += self._rest(length - len(begin))
        has_more = len(begin) > length
        return RawResponse(head.status, head.headers, begin[:length], is_last=has_more)

    def _rest(self, length: int) -> bytearray:
        rest, there = bytearray(length), 0
        view = memoryview(rest)
        while there < length:
            count = self._connected.recv_into(view[there:])
            if not count:
                raise IncompleteRead(bytes(rest[:there]), length - there)
            there += count
        return rest


def _unusual(response: HTTPResponse) -> RawResponse:
    body = response.read()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return RawResponse(response.status, headers, body, response.will_close)


def _usual_head(came: bytes) -> Head | None:
    """Parse the head that a response begins with; None if it is unusual."""
    head, end, _ = came.partition(END)
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    status = rest[:3]
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    is_usual = (
        end
        and version == VERSION
        and status.isdigit()
        and int(status) >= HTTPStatus.OK
        and int(status) not in WITHOUT_BODY
        and headers.get("content-length", "").isdigit()
        and "transfer-encoding" not in headers
        and headers.get("connection", KEPT).lower() == KEPT
    )
    return Head(int(status), headers, len(head) + len(END)) if is_usual else None


def _head_in_any_form(connected: socket.socket, came: bytes) -> HTTPResponse:
    response = HTTPResponse(_Opened(_Received(connected, came)), method="POST")  # type: ignore[arg-type]
    response.begin()
    return response


class _Received(RawIOBase):
    """What has come on a connection, and what comes after it."""

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
