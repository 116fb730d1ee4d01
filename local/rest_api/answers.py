"""Answers the local server's HTTP requests by the gateway, each in a thread."""

import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import NamedTuple, Self, TypeVar

from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE

from local import console
from local.rest_api.compression import compressed
from local.rest_api.events import HttpRequest
from local.rest_api.gateway import HttpResponse

MAX_THREADS = 40

R = TypeVar("R")

Answer = Callable[[HttpRequest], HttpResponse]
LogAccess = Callable[[str, str, int, float], None]

FAILED = HttpResponse(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    [("content-type", "text/plain; charset=utf-8")],
    b"Internal Server Error",
)


class SpelledResponse(NamedTuple):
    """A response as it is sent, but for the headers that all responses of the server have."""

    status: int
    head: bytes  # the first line and headers
    body: bytes

    @classmethod
    def of(cls, response: HttpResponse) -> Self:
        """Spell a response; only 204 has no length.

        Raises:
            KeyError, ValueError: it has no such status or header.
        """
        lines = [STATUS_LINE[response.status]]
        for name, value in response.headers:
            spelled = name.lower().encode("latin-1"), value.encode("latin-1")
            if HEADER_RE.search(spelled[0]) or HEADER_VALUE_RE.search(spelled[1]):
                raise ValueError(f"{name!r} and {value!r} are no header")
            lines.append(b"%b: %b\r\n" % spelled)
        if response.status != HTTPStatus.NO_CONTENT:
            lines.append(b"content-length: %d\r\n" % len(response.body))
        return cls(response.status, b"".join(lines), response.body)


class HttpAnswers:
    """Gives each request a thread, as AWS gives each a Lambda.

    Requests that `answer_at_once` answers get none: the functions that send them hold the threads.
    """

    def __init__(
        self,
        answer: Answer,
        answer_at_once: Callable[[HttpRequest], HttpResponse | None] = lambda _: None,
        *,
        min_size_to_compress: int | None = None,
        log_access: LogAccess = console.access,
    ) -> None:
        self._answer, self._answer_at_once = answer, answer_at_once
        self._min_size_to_compress, self._log_access = min_size_to_compress, log_access
        self._threads = ThreadPoolExecutor(MAX_THREADS, "request")

    def at_once(self, request: HttpRequest) -> SpelledResponse | None:
        """Answer a request that needs no thread; None if it needs one."""
        response = _attempted(self._answer_at_once, request)
        return _spelled(response) if response else None

    def in_thread(self, request: HttpRequest, respond: Callable[[SpelledResponse], object]) -> None:
        """Answer a request in a thread, which calls back with the response."""
        self._threads.submit(self._work, request, respond, time.perf_counter())

    def _work(
        self, request: HttpRequest, respond: Callable[[SpelledResponse], object], started: float
    ) -> None:
        response = _attempted(self._compressed_answer, request)
        respond(_spelled(response))
        duration = time.perf_counter() - started
        self._log_access(request.method, request.raw_path, response.status, duration)

    def _compressed_answer(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        if self._min_size_to_compress is None:
            return response
        return compressed(response, request, self._min_size_to_compress)


def _attempted(answer: Callable[[HttpRequest], R], request: HttpRequest) -> R | HttpResponse:
    """Answer a request; whatever fails, the client waits for an answer."""
    try:
        return answer(request)
    except Exception:  # noqa: BLE001
        sys.stderr.write(traceback.format_exc())
        return FAILED


def _spelled(response: HttpResponse) -> SpelledResponse:
    """Spell a response; one with a header that is none becomes a failure."""
    try:
        return SpelledResponse.of(response)
    except (KeyError, ValueError):
        sys.stderr.write(traceback.format_exc())
        return SpelledResponse.of(FAILED)
