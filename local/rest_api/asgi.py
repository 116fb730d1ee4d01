"""The local server's HTTP: requests become calls of the gateway, each in a thread."""

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local import console
from local.rest_api.compression import compressed
from local.rest_api.events import HttpRequest, path_of
from local.rest_api.gateway import HttpResponse

MAX_THREADS = 40
NO_CONTENT = 204

Answer = Callable[[HttpRequest], HttpResponse]
LogAccess = Callable[[str, str, int, float], None]


def http_app(
    answer: Answer,
    answer_at_once: Callable[[HttpRequest], HttpResponse | None] = lambda _: None,
    *,
    min_size_to_compress: int | None = None,
    log_access: LogAccess = console.access,
) -> ASGIApp:
    """Give each request a thread, as AWS gives each a Lambda.

    Requests that `answer_at_once` answers get none: the functions that send them hold the threads.
    """
    threads = ThreadPoolExecutor(MAX_THREADS, "request")

    def messages(request: HttpRequest) -> tuple[int, list[Message]]:
        response = answer(request)
        if min_size_to_compress is not None:
            response = compressed(response, request, min_size_to_compress)
        return response.status, list(_messages(response))

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        if (body := await _body(receive)) is None:
            return
        request = _http_request(scope, body)
        if response := answer_at_once(request):
            await _send(_messages(response), send)
            return
        loop = asyncio.get_running_loop()
        status, answered = await loop.run_in_executor(threads, messages, request)
        await _send(answered, send)
        duration = time.perf_counter() - started
        log_access(request.method, request.raw_path, status, duration)

    return serve


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None if the client has left."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message["body"]
        return body
    parts = []
    while message["type"] == "http.request":
        parts.append(message["body"])
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()
    return None


def _http_request(scope: Scope, body: bytes) -> HttpRequest:
    return HttpRequest(
        method=scope["method"],
        raw_path=path_of(scope["raw_path"].decode("latin-1")),
        query=scope["query_string"].decode("latin-1"),
        headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]],
        body=body,
        source_ip=scope["client"][0] if scope["client"] else "127.0.0.1",
    )


def _messages(response: HttpResponse) -> Iterable[Message]:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
    ]
    if response.status != NO_CONTENT:
        headers.append((b"content-length", str(len(response.body)).encode()))
    yield {"type": "http.response.start", "status": response.status, "headers": headers}
    yield {"type": "http.response.body", "body": response.body}


async def _send(messages: Iterable[Message], send: Send) -> None:
    for message in messages:
        await send(message)
