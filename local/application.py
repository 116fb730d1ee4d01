"""ASGI application of the REST API and the WebSocket API, on one port or on one port each."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from anyio import to_thread
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from local import console
from local.cloudformation import template
from local.functions import Functions
from local.rest_api.events import HttpRequest, path_of
from local.rest_api.gateway import Gateway, GatewayAnswer
from local.websocket_api import handshake_routing, management
from local.websocket_api.gateway import WebSocketApi
from local.websocket_api.handshake_routing import FORBIDDEN
from local.websocket_api.sockets import Sockets

NO_CONTENT = 204


@dataclass(frozen=True)
class Application:
    app: ASGIApp
    sockets: Sockets


def application(
    api: template.Template,
    functions: Functions,
    url: str,
    sockets_port: int | None = None,
    *,
    seconds_to_speak: float | None = None,
) -> Application:
    """The WebSocket API is served at the URL; with a port of its own, clients are led there."""
    gateway, websocket_api = Gateway(api, functions), WebSocketApi(api.sockets, functions)
    sockets = Sockets(websocket_api, seconds_to_speak)
    if sockets_port is None:
        enter = handshake_routing.one_url(gateway, websocket_api, url)
        app = _both(_requests(gateway.answer, websocket_api), sockets.behind(enter))
    else:
        enter, own = handshake_routing.rest(gateway), handshake_routing.sockets(websocket_api)
        app = _by_port(
            _both(_requests(gateway.answer), sockets.behind(enter)),
            {
                sockets_port: _both(
                    _requests(lambda _: FORBIDDEN, websocket_api), sockets.behind(own)
                )
            },
        )
    if api.compress_from is not None:
        app = GZipMiddleware(app, minimum_size=api.compress_from)
    return Application(app, sockets)


def _both(http: ASGIApp, sockets: ASGIApp) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await (sockets if scope["type"] == "websocket" else http)(scope, receive, send)

    return serve


def _by_port(others: ASGIApp, apps: Mapping[int, ASGIApp]) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        _, port = scope["server"]
        await apps.get(port, others)(scope, receive, send)

    return serve


def _requests(
    answer: Callable[[HttpRequest], GatewayAnswer], websocket_api: WebSocketApi | None = None
) -> ASGIApp:
    """Give each request a thread, as each has a Lambda.

    What functions ask of the hub needs none: they would wait for each other.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            request = await _read(Request(scope, receive))
        except ClientDisconnect:
            return
        if websocket_api and (managed := management.answer(websocket_api, request)):
            await _send(managed, send)
            return
        answered = await to_thread.run_sync(answer, request)
        await _send(answered, send)
        took = time.perf_counter() - started
        console.access(request.method, request.raw_path, answered.status, took)

    return serve


async def _read(http: Request) -> HttpRequest:
    return HttpRequest(
        method=http.method,
        raw_path=path_of(http.scope["raw_path"].decode("latin-1")),
        query=http.scope["query_string"].decode("latin-1"),
        headers=http.headers.items(),
        body=await http.body(),
        source=http.client.host if http.client else "127.0.0.1",
    )


async def _send(answer: GatewayAnswer, send: Send) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers
    ]
    if answer.status != NO_CONTENT:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    start = "http.response.start"
    await send({"type": start, "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
