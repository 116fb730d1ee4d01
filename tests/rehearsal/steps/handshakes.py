"""A listener in front of the emulator that hands WebSocket handshakes on as API Gateway does.

REST APIs take a handshake as a request, whose Upgrade header they rename; ministack refuses it. All
other connections pass unchanged.
"""

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.support.servers import listening

AT_ONCE = 65_536  # bytes, also of a request's head
HEAD_ENDS = b"\r\n\r\n"
UPGRADE = re.compile(rb"^upgrade:[ \t]*websocket", re.IGNORECASE | re.MULTILINE)
# Headers of a connection, not of its request.
HOP = re.compile(rb"^(connection|upgrade):[^\n]*\n", re.IGNORECASE | re.MULTILINE)


@contextmanager
def remapped(port: int) -> Iterator[int]:
    """Listen in front of a port of loopback; yield the port that is listened on."""

    class Passing(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as there:
                there.sendall(plain(_head(self.request)))
                back = threading.Thread(target=_pass_on, args=(there, self.request))
                back.start()
                _pass_on(self.request, there)
                back.join()

    with listening(_Server(("127.0.0.1", 0), Passing)) as own_port:
        yield own_port


class _Server(socketserver.ThreadingTCPServer):
    # Clients keep connections that they no longer use: nobody waits for those.
    daemon_threads = True


def _head(client: socket.socket) -> bytes:
    """Read until the head of a request has ended, maybe some of its body too."""
    read = b""
    while HEAD_ENDS not in read and (more := client.recv(AT_ONCE)):
        read += more
    return read


def plain(read: bytes) -> bytes:
    """Return the beginning of a request, of a handshake without what asks for an upgrade."""
    head, ends, rest = read.partition(HEAD_ENDS)
    if not UPGRADE.search(head):
        return read
    kept = HOP.sub(b"", head + b"\r\n")
    return kept + b"Connection: close\r\nx-amzn-Remapped-Upgrade: websocket" + ends + rest


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(AT_ONCE):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
