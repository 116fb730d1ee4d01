"""Routes a WebSocket handshake: to the WebSocket API, to a redirect there, or to a refusal."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from local.rest_api.events import HttpRequest
from local.rest_api.gateway import Gateway, GatewayAnswer
from local.websocket_api.gateway import End, HandshakeRefused, Opened, WebSocketApi

# The connection, or the answer that refuses it.
Entrance = Callable[[HttpRequest, End], Opened | GatewayAnswer]

FORBIDDEN = GatewayAnswer(
    HTTPStatus.FORBIDDEN, [("Content-Type", "application/json")], b'{"message":"Forbidden"}'
)


def one_url(gateway: Gateway, websocket_api: WebSocketApi, url: str) -> Entrance:
    """Follow the REST API's redirects to the WebSocket API, as CloudFront makes one of both."""

    def enter(request: HttpRequest, end: End) -> Opened | GatewayAnswer:
        if _is_sockets(request, websocket_api):
            return _connect(websocket_api, request, end)
        answer = gateway.answer(request)
        there, _, query = _location(answer).partition("?")
        if answer.status != HTTPStatus.TEMPORARY_REDIRECT or there != url:
            return _refusal(answer)
        return _connect(
            websocket_api, replace(request, raw_path=websocket_api.api.path, query=query), end
        )

    return enter


def rest(gateway: Gateway) -> Entrance:
    """Leave redirects to the client."""
    return lambda request, _: _refusal(gateway.answer(request))


def sockets(websocket_api: WebSocketApi) -> Entrance:
    """Know the WebSocket API only."""

    def enter(request: HttpRequest, end: End) -> Opened | GatewayAnswer:
        return (
            _connect(websocket_api, request, end)
            if _is_sockets(request, websocket_api)
            else FORBIDDEN
        )

    return enter


def _refusal(answer: GatewayAnswer) -> GatewayAnswer:
    """What a client hears that the REST API does not lead on: it is told of its URL by a 403.

    A fault of the server's stays one, after which clients try again.
    """
    is_fault = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return answer if is_fault or answer.status == HTTPStatus.TEMPORARY_REDIRECT else FORBIDDEN


def _is_sockets(request: HttpRequest, websocket_api: WebSocketApi) -> bool:
    return request.raw_path.removesuffix("/") == websocket_api.api.path


def _connect(websocket_api: WebSocketApi, request: HttpRequest, end: End) -> Opened | GatewayAnswer:
    try:
        return websocket_api.connect(request, end)
    except HandshakeRefused as refusal:
        return GatewayAnswer(refusal.status)


def _location(answer: GatewayAnswer) -> str:
    return next((value for name, value in answer.headers if name.lower() == "location"), "")
