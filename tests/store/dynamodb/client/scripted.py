"""A server that answers by a script, and breaks as a network does."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import parse_headers
from io import BufferedReader
from itertools import chain, repeat
from typing import Any
from zlib import crc32

# What becomes of a request: bytes are sent; then the connection is kept, or not.
Act = Callable[["Script", socket.socket, bytes], bool]


def answer(body: object = None, status: int = 200, *, headers: str = "", keep: bool = True) -> Act:
    """Answer as DynamoDB; a text is the whole body."""
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    head = f"HTTP/1.1 {status} Reason\r\nContent-Length: {len(content)}\r\n{headers}\r\n"

    def act(_: "Script", connection: socket.socket, __: bytes) -> bool:
        connection.sendall(head.encode() + content)
        return keep

    return act


def raw(*parts: bytes) -> Act:
    """Send just this, each part by itself, and keep the connection."""

    def act(_: "Script", connection: socket.socket, __: bytes) -> bool:
        for part in parts:
            connection.sendall(part)
        return True

    return act


def echo(_: "Script", connection: socket.socket, body: bytes) -> bool:
    """Answer with the key that was asked for, and its checksum."""
    content = json.dumps({"Item": json.loads(body)["Key"]}).encode()
    checksum = f"X-Amz-Crc32: {crc32(content)}\r\n"
    return answer(content, headers=checksum)(_, connection, body)


def close(_: "Script", __: socket.socket, ___: bytes) -> bool:
    return False


def closing_after(act: Act) -> Act:
    """Close the connection after an act that has not said so."""
    return lambda *given: act(*given) and False


def silence(script: "Script", _: socket.socket, __: bytes) -> bool:
    """Answer nothing until the test ends."""
    script.ended.wait(10)
    return False


def refusal(code: str, status: int = 400, **members: object) -> Act:
    return answer({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", **members}, status)


class Script:
    """A server whose requests have the acts in turn; the last act is repeated for ever."""

    def __init__(self, *acts: Act) -> None:
        self.ended = threading.Event()
        self.closed = threading.Semaphore(0)  # released when it has closed a connection
        self.requests: list[bytes] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self._acts: Iterator[Act] = chain(acts, repeat(acts[-1]))
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @contextmanager
    def running(self) -> Iterator["Script"]:
        accepting = threading.Thread(target=self._accept)
        accepting.start()
        try:
            yield self
        finally:
            self.ended.set()
            self._listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            self._listener.close()

    def _accept(self) -> None:
        served: list[tuple[socket.socket, threading.Thread]] = []
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=[connection])
                served.append((connection, thread))
                thread.start()
        for connection, thread in served:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as file, suppress(OSError):
            while (body := self._request(file)) is not None and self._act(connection, body):
                pass
            connection.shutdown(socket.SHUT_RDWR)
        self.closed.release()

    def _act(self, connection: socket.socket, body: bytes) -> bool:
        with self._lock:
            act = next(self._acts)
        return act(self, connection, body)

    def _request(self, file: BufferedReader) -> bytes | None:
        if not (line := file.readline().decode()):
            return None
        self.paths.append(line.split()[1])
        headers = parse_headers(file)
        body = file.read(int(headers["Content-Length"] or 0))
        with self._lock:
            self.requests.append(body)
            self.headers.append(dict(headers.items()))
        return body


def item_of(number: int) -> dict[str, Any]:
    return {"TableName": "table", "Key": {"pk": {"N": str(number)}}}
