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
from local.rest_api.gateway import Gateway, HttpResponse
from local.websocket_api import handshake_routing, management
from local.websocket_api.asgi import WebSocketServer
from local.websocket_api.gateway import WebSocketApi
from local.websocket_api.handshake_routing import FORBIDDEN

NO_CONTENT = 204


@dataclass(frozen=True)
class Application:
    app: ASGIApp
    websocket_server: WebSocketServer


def application(
    api: template.Template,
    functions: Functions,
    websocket_url: str,
    sockets_port: int | None = None,
    *,
    seconds_to_first_message: float | None = None,
) -> Application:
    """Serve the WebSocket API at the URL; with its own port, the REST API redirects clients."""
    gateway, websocket_api = Gateway(api, functions), WebSocketApi(api.websocket_api, functions)
    server = WebSocketServer(websocket_api, seconds_to_first_message)
    if sockets_port is None:
        route = handshake_routing.follow_redirects(gateway, websocket_api, websocket_url)
        app = _by_protocol(_http_app(gateway.answer, websocket_api), server.app(route))
    else:
        redirect = handshake_routing.rest_api_only(gateway)
        route = handshake_routing.websocket_api_only(websocket_api)
        own_http = _http_app(lambda _: FORBIDDEN, websocket_api)
        app = _by_port(
            _by_protocol(_http_app(gateway.answer), server.app(redirect)),
            {sockets_port: _by_protocol(own_http, server.app(route))},
        )
    if api.min_size_to_compress is not None:
        app = GZipMiddleware(app, minimum_size=api.min_size_to_compress)
    return Application(app, server)


def _by_protocol(http: ASGIApp, websocket: ASGIApp) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await (websocket if scope["type"] == "websocket" else http)(scope, receive, send)

    return serve


def _by_port(default: ASGIApp, apps: Mapping[int, ASGIApp]) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        _, port = scope["server"]
        await apps.get(port, default)(scope, receive, send)

    return serve


def _http_app(
    answer: Callable[[HttpRequest], HttpResponse], websocket_api: WebSocketApi | None = None
) -> ASGIApp:
    """Give each request a thread, as AWS gives each a Lambda.

    Requests of the management API get none: the functions that send them hold the threads.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            request = await _http_request(Request(scope, receive))
        except ClientDisconnect:
            return
        if websocket_api and (response := management.answer(websocket_api, request)):
            await _send(response, send)
            return
        response = await to_thread.run_sync(answer, request)
        await _send(response, send)
        duration = time.perf_counter() - started
        console.access(request.method, request.raw_path, response.status, duration)

    return serve


async def _http_request(http: Request) -> HttpRequest:
    return HttpRequest(
        method=http.method,
        raw_path=path_of(http.scope["raw_path"].decode("latin-1")),
        query=http.scope["query_string"].decode("latin-1"),
        headers=http.headers.items(),
        body=await http.body(),
        source_ip=http.client.host if http.client else "127.0.0.1",
    )


async def _send(response: HttpResponse, send: Send) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
    ]
    if response.status != NO_CONTENT:
        headers.append((b"content-length", str(len(response.body)).encode()))
    start = "http.response.start"
    await send({"type": start, "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
