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
from io import BufferedReader
from typing import NamedTuple

END = b"\r\n\r\n"
VERSION = "HTTP/1.1"
# Headers that tell of another form.
UNUSUAL = {"transfer-encoding", "connection"}
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
        self._file = connected.makefile("rb")
        try:
            self._begun = _usual_head(self._file) or _head_in_any_form(self._file)
        except BaseException:
            self._file.close()
            raise

    def read(self) -> RawResponse:
        """Return the response with its body.

        Raises:
            OSError: the connection was closed, or nothing came in time.
            http.client.HTTPException: the connection ended before the body.
        """
        with self._file:
            if isinstance(self._begun, Head):
                return _usual(self._begun, self._file)
            return _unusual(self._begun)


def _usual(head: Head, file: BufferedReader) -> RawResponse:
    file.read(head.length)
    length = int(head.headers["content-length"])
    body = file.read(length)
    if len(body) < length:
        raise IncompleteRead(body, length - len(body))
    return RawResponse(head.status, head.headers, body)


def _unusual(response: HTTPResponse) -> RawResponse:
    body = response.read()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return RawResponse(response.status, headers, body, response.will_close)


def _usual_head(file: BufferedReader) -> Head | None:
    """Parse the head that a file begins with, and leave it there; None if it is unusual."""
    head, end, _ = file.peek().partition(END)
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
        and not UNUSUAL & headers.keys()
    )
    return Head(int(status), headers, len(head) + len(END)) if is_usual else None


def _head_in_any_form(file: BufferedReader) -> HTTPResponse:
    response = HTTPResponse(_Opened(file), method="POST")  # type: ignore[arg-type]
    response.begin()
    return response


class _Opened(NamedTuple):
    """A file, for `http.client` to read as it reads a socket."""

    file: BufferedReader

    def makefile(self, _: str) -> BufferedReader:
        return self.file
