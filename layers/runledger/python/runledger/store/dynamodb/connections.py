"""Kept HTTP connections to one endpoint, for any number of threads."""

import select
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import takewhile
from os import environ
from pathlib import Path
from urllib.parse import urlsplit
from weakref import finalize

from runledger.parallel import map_in_parallel
from runledger.store.dynamodb import botocore_errors, http_messages
from runledger.store.dynamodb.http_messages import Incoming, RawResponse

# The authorities that sign the certificates of AWS's endpoints; the file says where it is from.
AMAZON_ROOTS = Path(__file__).with_name("amazon_roots.pem")
AMAZON_DOMAIN = ".amazonaws.com"
# Files that replace the roots, as botocore reads them, and as OpenSSL does.
ROOTS_VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")

# How a closed connection shows when it is written to, or read before the first byte.
CLOSED = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


class _ClosedUnanswered(Exception):  # noqa: N818 - the server's right on a kept connection
    """The connection was closed before the first byte of a response."""


class ConnectionPool:
    """Connections of one endpoint. Each is used by one thread at a time, and kept for the next."""

    def __init__(
        self, endpoint: str, *, size: int, connect_timeout: float, read_timeout: float
    ) -> None:
        """Take the number of idle connections to keep, and the times to wait, in seconds."""
        self.endpoint = endpoint
        self._url = urlsplit(endpoint)
        self.url = endpoint if self._url.path else f"{endpoint}/"
        self._connect_timeout, self._read_timeout = connect_timeout, read_timeout
        self._size = size
        # A list is appended to and popped from in one step: threads need no lock.
        self._idle: list[HTTPConnection] = []
        finalize(self, _close, self._idle)

    def post(self, body: bytes, headers: Mapping[str, str]) -> RawResponse:
        """Post to the endpoint's root.

        A server may close a kept connection at any time: then a new one is used at once.

        Raises:
            botocore.exceptions.HTTPClientError: no connection, or no response in time.
        """
        request = self._request(body, headers)
        if (kept := self._idle_connection()) is not None:
            with suppress(_ClosedUnanswered):
                return self._exchange(kept, request)
        try:
            return self._exchange(self._connect(), request)
        except _ClosedUnanswered as error:
            raise botocore_errors.ConnectionClosedError(
                endpoint_url=self.endpoint, error=error
            ) from error

    def begin_each(
        self, requests: Sequence[tuple[bytes, Mapping[str, str]]]
    ) -> list[HTTPConnection | None]:
        """Send requests, each over a connection of its own; `end` reads the responses.

        None stands for a request that could not be sent.
        """
        idle = list(takewhile(bool, (self._idle_connection() for _ in requests)))
        taken = [*idle, *map_in_parallel(self._connection, range(len(requests) - len(idle)))]
        return [
            _sent(connection, self._request(*request))
            for connection, request in zip(taken, requests, strict=True)
        ]

    def end(self, connection: HTTPConnection) -> RawResponse | None:
        """Read the response on a connection; None if none came."""
        try:
            return self._exchange(connection)
        except (_ClosedUnanswered, botocore_errors.HTTPClientError):
            return None

    def _idle_connection(self) -> HTTPConnection | None:
        """Take the connection that was used last and is still open."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took it
                return None
            if not _is_readable(connection.sock):
                return connection
            connection.close()
        return None

    def _connection(self, _: int) -> HTTPConnection | None:
        try:
            return self._connect()
        except (botocore_errors.ConnectionError, botocore_errors.HTTPClientError):
            return None

    def _connect(self) -> HTTPConnection:
        host, port, timeout = self._url.hostname or "", self._url.port, self._connect_timeout
        connection = (
            HTTPSConnection(host, port, timeout=timeout, context=self._tls)
            if self._url.scheme == "https"
            else HTTPConnection(host, port, timeout=timeout)
        )
        try:
            connection.connect()
        except TimeoutError as error:
            raise botocore_errors.ConnectTimeoutError(
                endpoint_url=self.endpoint, error=error
            ) from error
        except ssl.SSLError as error:
            raise botocore_errors.SSLError(endpoint_url=self.endpoint, error=error) from error
        except OSError as error:
            raise botocore_errors.EndpointConnectionError(
                endpoint_url=self.endpoint, error=error
            ) from error
        connection.sock.settimeout(self._read_timeout)
        return connection

    def _exchange(self, connection: HTTPConnection, request: bytes = b"") -> RawResponse:
        """Send a request, unless it has been sent, and read the response."""
        is_kept = False
        try:
            response = _send(connection, request).read()
            is_kept = not response.is_last and len(self._idle) < self._size
        except TimeoutError as error:
            raise botocore_errors.ReadTimeoutError(
                endpoint_url=self.endpoint, error=error
            ) from error
        except (HTTPException, OSError) as error:
            raise botocore_errors.ConnectionClosedError(
                endpoint_url=self.endpoint, error=error
            ) from error
        finally:
            if is_kept:
                self._idle.append(connection)
            else:
                connection.close()
        return response

    def _request(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        return http_messages.post(self._url.path or "/", headers, body)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return tls_context(self._url.hostname or "")


def tls_context(host: str) -> ssl.SSLContext:
    """Return the roots of trust for a host: a variable's, Amazon's five, or the system's.

    To load the usual 150 takes 16 ms of a cold start, to load five takes 1.
    """
    named = next(filter(None, map(environ.get, ROOTS_VARIABLES)), None)
    amazon = AMAZON_ROOTS if host.endswith(AMAZON_DOMAIN) else None
    return ssl.create_default_context(cafile=named or amazon)


def _send(connection: HTTPConnection, request: bytes) -> Incoming:
    try:
        connection.sock.sendall(request)
        return Incoming(connection.sock)
    except CLOSED as error:
        raise _ClosedUnanswered(str(error)) from error


def _sent(connection: HTTPConnection | None, request: bytes) -> HTTPConnection | None:
    """Send a request and leave its response; None if that fails."""
    if connection is None:
        return None
    try:
        connection.sock.sendall(request)
    except OSError:
        connection.close()
        return None
    return connection


def _close(connections: list[HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def _is_readable(connected: socket.socket) -> bool:
    """Say whether something came on a connection that awaits nothing: its end, most likely."""
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([connected], [], [], 0)[0])
    poll = select.poll()
    poll.register(connected, select.POLLIN)
    return bool(poll.poll(0))
