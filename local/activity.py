"""Activity of a running server: lines of the console for its user, figures for Prometheus."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, NamedTuple

from local import console
from local.functions import Functions
from local.rest_api.answers import Answer
from local.rest_api.events import HttpRequest
from local.rest_api.gateway import HttpResponse

SECONDS_BETWEEN_LINES = 60.0
# Lines of flow runs that wait: under load, runs can start and end faster than their names are read.
MAX_WAITING = 100
CLIENT_ERROR, SERVER_ERROR = 400, 500
# The operations whose calls are told apart from requests, and a flow run's transitions.
MESSAGE, TRANSITION = "websocket_default", "set_flow_run_state"
ENDS = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


class Minute(NamedTuple):
    """The activity of a minute."""

    requests: int = 0
    refused: int = 0  # 4xx
    failed: int = 0  # 5xx
    slowest: float = 0.0  # seconds
    slowest_operation: str = ""
    messages: int = 0  # of WebSocket clients
    untold: int = 0  # starts and ends of flow runs that got no line

    def __str__(self) -> str:
        parts = [f"{self.requests:,} requests", f"{self.messages:,} WebSocket messages"]
        parts += [f"{self.refused:,} refused"] if self.refused else []
        parts += [f"{self.failed:,} failed"] if self.failed else []
        parts += [f"{self.untold:,} starts and ends not shown"] if self.untold else []
        if self.slowest_operation:
            parts.append(f"the slowest {self.slowest * 1000:.0f} ms ({self.slowest_operation})")
        return f"in a minute: {', '.join(parts)}"

    def with_answer(self, response: HttpResponse, seconds: float) -> "Minute":
        operation, slowest = response.operation or "", (self.slowest, self.slowest_operation)
        slowest = max(slowest, (seconds, operation)) if operation else slowest
        return Minute(
            self.requests + 1,
            self.refused + (CLIENT_ERROR <= response.status < SERVER_ERROR),
            self.failed + (response.status >= SERVER_ERROR),
            *slowest,
            untold=self.untold,
        )


class Activity:
    """Answers by a gateway, and tells of flow runs that start and end, and of each minute.

    A flow run's name is read after the answer, in another thread, with the client's credentials.
    """

    def __init__(
        self, answer: Answer, functions: Functions, say: Callable[[str], None] = console.happened
    ) -> None:
        self._answer, self._functions, self._say = answer, functions, say
        self._minute, self._messages = Minute(), 0
        self._lock = threading.Lock()
        self._teller = ThreadPoolExecutor(1, "activity")
        self._places = threading.Semaphore(MAX_WAITING)

    def answer(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self._answer(request)
        seconds = time.perf_counter() - started
        with self._lock:
            self._minute = self._minute.with_answer(response, seconds)
        if response.operation == TRANSITION and (state_type := _accepted(response)):
            self._tell_soon(request, state_type)
        return response

    def tell_minute(self) -> None:
        """Say what went on since the last call, if anything did."""
        messages = self._functions.calls[MESSAGE]
        with self._lock:
            minute, self._minute = self._minute, Minute()
        minute = minute._replace(messages=messages - self._messages)
        self._messages = messages
        if minute.requests or minute.messages:
            self._say(str(minute))

    def tell_each_minute(self) -> None:
        """Tell what went on, each minute until the process ends."""

        def run() -> None:
            while True:
                time.sleep(SECONDS_BETWEEN_LINES)
                self.tell_minute()

        threading.Thread(target=run, daemon=True).start()

    def _tell_soon(self, transition: HttpRequest, state_type: str) -> None:
        if self._places.acquire(blocking=False):
            told = self._teller.submit(self._tell, transition, state_type)
            told.add_done_callback(lambda _: self._places.release())
            return
        with self._lock:
            self._minute = self._minute._replace(untold=self._minute.untold + 1)

    def _tell(self, transition: HttpRequest, state_type: str) -> None:
        run = self._read(transition)
        name = f'flow run "{run.get("name", "")}"'
        if state_type not in ENDS:
            self._say(f"{name} started{_again(run.get('run_count') or 1)}")
        else:
            ended = run.get("state_name") or state_type.title()
            self._say(f"{name}: {ended} after {run.get('total_run_time') or 0:.1f} s")

    def _read(self, transition: HttpRequest) -> dict[str, Any]:
        path = transition.raw_path.rstrip("/").removesuffix("/set_state")
        response = self._answer(HttpRequest("GET", path, headers=transition.headers))
        found: dict[str, Any] = json.loads(response.body) if _is_ok(response) else {}
        return found


def _accepted(response: HttpResponse) -> str | None:
    """The type of the state that a flow run entered, if it is one to tell of."""
    if not _is_ok(response):
        return None
    answered = json.loads(response.body)
    state_type = (answered.get("state") or {}).get("type")
    is_told = answered.get("status") == "ACCEPT" and state_type in {"RUNNING", *ENDS}
    return str(state_type) if is_told else None


def _is_ok(response: HttpResponse) -> bool:
    return HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES


def _again(run_count: int) -> str:
    return "" if run_count == 1 else f", run {run_count}"
