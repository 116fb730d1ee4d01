"""uvicorn's HTTP protocol without ASGI: requests go to threads, and responses to the socket.

ASGI has a task and futures for each request, and writes head and body one by one: a sixth of the
processor time of a read.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from uvicorn._types import ASGI3Application, HTTPScope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from local.rest_api.answers import HttpAnswers, SpelledResponse
from local.rest_api.events import HttpRequest, path_of


class HttpProtocol(HttpToolsProtocol):
    """One connection of a client."""

    def __init__(self, *given: Any, answers_at: Callable[[int], HttpAnswers], **named: Any) -> None:
        """Take, beside what uvicorn gives, what answers the requests at a port."""
        super().__init__(*given, **named)
        self._answers_at = answers_at
        # The request whose turn it is, until its body is whole.
        self._awaited: RequestResponseCycle | None = None
        # What to write once the client reads on.
        self._held: Callable[[], None] | None = None

    def _start_asgi_task(self, cycle: RequestResponseCycle, _: ASGI3Application) -> None:
        """Begin a request whose head has come: the first one, or the next in the pipeline."""
        self._awaited = cycle
        if not cycle.more_body:
            self._answer(cycle)
        elif cycle.waiting_for_100_continue:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        if self.cycle is self._awaited:
            self.flow.resume_reading()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self._awaited and self.cycle is self._awaited:
            self._answer(self._awaited)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # Nothing refers to this connection in a circle: the collector of circles runs seldom.
        self._awaited = self._held = None
        self.pipeline.clear()
        if self.cycle is not None:
            self.cycle.on_response = _nothing

    def resume_writing(self) -> None:
        super().resume_writing()
        held, self._held = self._held, None
        if held:
            held()

    def _answer(self, cycle: RequestResponseCycle) -> None:
        self._awaited = None
        request = _http_request(cycle.scope, bytes(cycle.body))
        _, port = self.server or ("", 0)
        answers = self._answers_at(port or 0)
        if response := answers.at_once(request):
            # Not from here: the parser is at work on what came, maybe with the next request.
            self.loop.call_soon(self._respond, cycle, response)
            return
        # The server does not stop before its tasks are done; it only counts them.
        task: Any = self.loop.create_future()
        self.tasks.add(task)

        def finish(response: SpelledResponse) -> None:
            self.tasks.discard(task)
            self._respond(cycle, response)

        answers.in_thread(
            request, lambda response: self.loop.call_soon_threadsafe(finish, response)
        )

    def _respond(self, cycle: RequestResponseCycle, response: SpelledResponse) -> None:
        if self.flow.write_paused:
            self._held = partial(self._respond, cycle, response)
        elif not cycle.disconnected:
            self._write(cycle, response)

    def _write(self, cycle: RequestResponseCycle, response: SpelledResponse) -> None:
        common = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        if not cycle.keep_alive:
            common.append(b"connection: close\r\n")
        body = b"" if cycle.scope["method"] == "HEAD" else response.body
        self.transport.write(b"".join((response.head, *common, b"\r\n", body)))
        cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()


def _nothing() -> None:
    """Replace a callback that is no longer needed."""


def _http_request(scope: HTTPScope, body: bytes) -> HttpRequest:
    return HttpRequest(
        method=scope["method"],
        raw_path=path_of(scope["raw_path"].decode("latin-1")),
        query=scope["query_string"].decode("latin-1"),
        headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]],
        body=body,
        source_ip=scope["client"][0] if scope["client"] else "127.0.0.1",
    )
