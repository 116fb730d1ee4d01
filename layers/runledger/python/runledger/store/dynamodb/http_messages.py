"""HTTP/1.1 messages: a POST as bytes, and the response to it.

`http.client` sends head and body in two packets, and parses the head of a response as that of an
e-mail: two thirds of the processor time of a small call. `unusual_responses.py` lets it read the
responses that are not in the usual form: one with a length, on a connection that stays open.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from http import HTTPStatus
from http.client import IncompleteRead
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from runledger.store.dynamodb.unusual_responses import UnusualResponse

END = b"\r\n\r\n"
VERSION = "HTTP/1.1"
# What "Connection" says on one that stays open, if there is such a header.
KEPT = "keep-alive"
# The bytes that are taken at once: small responses come whole.
USUAL_BYTES = 64 * 1024
WITHOUT_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
USUAL_STATUSES = {f"{code}" for code in range(HTTPStatus.OK, 1000) if code not in WITHOUT_BODY}


class RawResponse(NamedTuple):
    """A response with its whole body; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_last: bool = False
    """Whether the connection can't be used again."""


def post(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Spell a POST whose response must not be compressed."""
    lines = (
        f"POST {path} {VERSION}",
        *map(": ".join, headers.items()),
        "Accept-Encoding: identity",
        f"Content-Length: {len(body)}",
    )
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
        self._begun = _usual_head(self._came) or _unusual(connected, self._came)

    def read(self) -> RawResponse:
        """Return the response with its body.

        Raises:
            OSError: the connection was closed, or nothing came in time.
            http.client.HTTPException: the connection ended before the body.
        """
        return self._usual(self._begun) if isinstance(self._begun, Head) else self._begun.read()

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
        and status in USUAL_STATUSES
        and headers.get("content-length", "").isdigit()
        and "transfer-encoding" not in headers
        and headers.get("connection", KEPT).lower() == KEPT
    )
    return Head(int(status), headers, len(head) + len(END)) if is_usual else None


def _unusual(connected: socket.socket, came: bytes) -> UnusualResponse:
    from runledger.store.dynamodb.unusual_responses import UnusualResponse  # noqa: PLC0415 - rare

    return UnusualResponse(connected, came)
