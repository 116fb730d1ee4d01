"""Clients that ask a server at once: `python -m tests.bench.throughput.load URL N SECONDS`.

Reads calls as JSON, `[method, path, body]` each, from standard input, and gives each of them to one
of N threads, which ask one after the other over a connection each. Prints what came of it as JSON.
A process of its own, which asks with little more than `http.client`: it must not be what limits.
"""

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

HEADERS = {"Content-Type": "application/json"}
ERROR = 300

Prepared = tuple[str, str, bytes | None]


class ClientTurn:
    """Calls that threads share until the time is over."""

    def __init__(self, url: str, calls: list[Prepared], seconds: float) -> None:
        self._url = urlsplit(url)
        self._calls, self._lock = iter(calls), Lock()
        self._ends = time.perf_counter() + seconds

    def ask(self, _: int) -> list[tuple[bool, float]]:
        """Return whether each request succeeded, and its seconds."""
        connection = HTTPConnection(str(self._url.hostname), self._url.port, timeout=60)
        taken: list[tuple[bool, float]] = []
        for call in self._next_calls():
            started = time.perf_counter()
            is_success = self._succeeds(connection, call)
            taken.append((is_success, time.perf_counter() - started))
        connection.close()
        return taken

    def _succeeds(self, connection: HTTPConnection, call: Prepared) -> bool:
        method, path, body = call
        try:
            connection.request(method, self._url.path + path, body, HEADERS)
            response = connection.getresponse()
            response.read()
        except (HTTPException, OSError):
            connection.close()  # the next request opens it again
            return False
        return response.status < ERROR

    def _next_calls(self) -> Iterator[Prepared]:
        while time.perf_counter() < self._ends:
            with self._lock:
                call = next(self._calls, None)
            if call is None:
                return
            yield call


def main(url: str, clients: int, seconds: float, calls: list[Any]) -> dict[str, float]:
    prepared = [
        (method, path, None if body is None else json.dumps(body).encode())
        for method, path, body in calls
    ]
    turn, started = ClientTurn(url, prepared, seconds), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        taken = [one for each in pool.map(turn.ask, range(clients)) for one in each]
    lasted = time.perf_counter() - started
    succeeded = sorted(seconds for is_success, seconds in taken if is_success)
    return {
        "succeeded": len(succeeded),
        "failed": len(taken) - len(succeeded),
        "seconds": lasted,
        "p95": succeeded[int(len(succeeded) * 0.95)] * 1000 if succeeded else float("inf"),
    }


if __name__ == "__main__":
    _, at, number, length = sys.argv
    json.dump(main(at, int(number), float(length), json.load(sys.stdin)), sys.stdout)
