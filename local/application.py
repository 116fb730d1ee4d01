"""The REST API and the WebSocket API, on one port or on one port each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from local import console
from local.activity import Activity
from local.cloudformation import template
from local.functions import Functions
from local.rest_api.answers import HttpAnswers, LogAccess
from local.rest_api.gateway import Gateway
from local.rest_api.metrics import Metrics
from local.websocket_api import handshake_routing, management
from local.websocket_api.asgi import WebSocketServer
from local.websocket_api.gateway import WebSocketApi
from local.websocket_api.handshake_routing import FORBIDDEN


@dataclass(frozen=True)
class Application:
    app: ASGIApp  # of WebSockets
    answers_at: Callable[[int], HttpAnswers]
    """What answers the HTTP requests at a port."""
    websocket_server: WebSocketServer
    activity: Activity


def application(
    api: template.Template,
    functions: Functions,
    websocket_url: str,
    sockets_port: int | None = None,
    *,
    seconds_to_first_message: float | None = None,
    log_access: LogAccess = console.access,
) -> Application:
    """Serve the WebSocket API at the URL; with its own port, the REST API redirects clients."""
    gateway, websocket_api = Gateway(api, functions), WebSocketApi(api.websocket_api, functions)
    server = WebSocketServer(websocket_api, seconds_to_first_message, log_access)
    activity = Activity(Metrics(gateway.answer, functions, api.stage).answer, functions)
    answers = partial(
        HttpAnswers, min_size_to_compress=api.min_size_to_compress, log_access=log_access
    )
    manage = partial(management.answer, websocket_api)
    if sockets_port is None:
        route = handshake_routing.follow_redirects(gateway, websocket_api, websocket_url)
        http = answers(activity.answer, manage)
        return Application(server.app(route), lambda _: http, server, activity)
    redirect = handshake_routing.rest_api_only(gateway)
    route = handshake_routing.websocket_api_only(websocket_api)
    app = _by_port(server.app(redirect), {sockets_port: server.app(route)})
    http, own_http = answers(activity.answer), answers(lambda _: FORBIDDEN, manage)
    ports = {sockets_port: own_http}
    return Application(app, lambda port: ports.get(port, http), server, activity)


def _by_port(default: ASGIApp, apps: Mapping[int, ASGIApp]) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        _, port = scope["server"]
        await apps.get(port, default)(scope, receive, send)

    return serve
