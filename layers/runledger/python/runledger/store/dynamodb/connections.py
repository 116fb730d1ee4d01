"""Kept HTTP connections to one endpoint, for any number of threads."""

import os
import select
import socket
import ssl
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPSConnection
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

# How a socket shows that its time is over: by Python's limit, and by the system's.
TIMEOUTS = (TimeoutError, BlockingIOError)


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
        for kept in self._idle_connections(1):
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
        # Spelled before the first is sent, so that the server reads all of them in one go.
        spelled = [self._request(*request) for request in requests]
        idle = self._idle_connections(len(spelled))
        taken = [*idle, *map_in_parallel(self._connection, range(len(spelled) - len(idle)))]
        return list(map(_sent, taken, spelled))

    def end(self, connection: HTTPConnection) -> RawResponse | None:
        """Read the response on a connection; None if none came."""
        try:
            return self._exchange(connection)
        except (_ClosedUnanswered, botocore_errors.HTTPClientError):
            return None

    def _idle_connections(self, number: int) -> list[HTTPConnection]:
        """Take up to so many connections: those that were used last and are still open."""
        found: list[HTTPConnection] = []
        while (missing := number - len(found)) and (taken := self._taken(missing)):
            closed = _readable(taken)
            _close(closed)
            found += [connection for connection in taken if connection not in closed]
        return found

    def _taken(self, number: int) -> list[HTTPConnection]:
        taken: list[HTTPConnection] = []
        with suppress(IndexError):  # no more are left, or other threads took them
            taken.extend(self._idle.pop() for _ in range(number))
        return taken

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
        _limit(connection.sock, self._read_timeout)
        return connection

    def _exchange(self, connection: HTTPConnection, request: bytes = b"") -> RawResponse:
        """Send a request, unless it has been sent, and read the response."""
        is_kept = False
        try:
            response = _send(connection, request).read()
            is_kept = not response.is_last and len(self._idle) < self._size
        except TIMEOUTS as error:
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
    named = next(filter(None, map(os.environ.get, ROOTS_VARIABLES)), None)
    amazon = AMAZON_ROOTS if host.endswith(AMAZON_DOMAIN) else None
    return ssl.create_default_context(cafile=named or amazon)


def _limit(connected: socket.socket, seconds: float) -> None:
    """Let each call on a connected socket take so long.

    With Python's own limit, it asks before each call whether the socket is ready. For calls that
    are sent together, that is a quarter of the time of sockets.
    """
    if isinstance(connected, ssl.SSLSocket) or os.name == "nt":
        connected.settimeout(seconds)
        return
    whole = int(seconds)
    limit = struct.pack("ll", whole, int((seconds - whole) * 1_000_000))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        connected.setsockopt(socket.SOL_SOCKET, option, limit)
    connected.settimeout(None)


def _send(connection: HTTPConnection, request: bytes) -> Incoming:
    try:
        if request:
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


def _close(connections: Iterable[HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def _readable(connections: Sequence[HTTPConnection]) -> list[HTTPConnection]:
    """Return those that await nothing, and on which something came: their end, most likely."""
    sockets = {connection.sock.fileno(): connection for connection in connections}
    if not hasattr(select, "poll"):  # Windows
        return [sockets[file] for file in select.select(sockets, [], [], 0)[0]]
    poll = select.poll()
    for file in sockets:
        poll.register(file, select.POLLIN)
    return [sockets[file] for file, _ in poll.poll(0)]
