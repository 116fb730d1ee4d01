"""Routes a WebSocket handshake: to the WebSocket API, to a redirect there, or to a refusal."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from local.rest_api.events import HttpRequest
from local.rest_api.gateway import Gateway, HttpResponse
from local.websocket_api.gateway import (
    AcceptedHandshake,
    ClientTransport,
    HandshakeRefused,
    WebSocketApi,
)

# Returns the connection, or the response that refuses it.
HandshakeRouter = Callable[[HttpRequest, ClientTransport], AcceptedHandshake | HttpResponse]

FORBIDDEN = HttpResponse(
    HTTPStatus.FORBIDDEN, [("Content-Type", "application/json")], b'{"message":"Forbidden"}'
)


def follow_redirects(gateway: Gateway, websocket_api: WebSocketApi, url: str) -> HandshakeRouter:
    """Follow the REST API's redirects to the WebSocket API, as CloudFront makes one of both."""

    def route(request: HttpRequest, transport: ClientTransport) -> AcceptedHandshake | HttpResponse:
        if _is_websocket_path(request, websocket_api):
            return _connect(websocket_api, request, transport)
        response = gateway.answer(request)
        target, _, query = _location(response).partition("?")
        if response.status != HTTPStatus.TEMPORARY_REDIRECT or target != url:
            return _refusal(response)
        redirected = replace(request, raw_path=websocket_api.definition.path, query=query)
        return _connect(websocket_api, redirected, transport)

    return route


def rest_api_only(gateway: Gateway) -> HandshakeRouter:
    """Leave redirects to the client."""
    return lambda request, _: _refusal(gateway.answer(request))


def websocket_api_only(websocket_api: WebSocketApi) -> HandshakeRouter:
    """Refuse every path but that of the WebSocket API."""

    def route(request: HttpRequest, transport: ClientTransport) -> AcceptedHandshake | HttpResponse:
        if _is_websocket_path(request, websocket_api):
            return _connect(websocket_api, request, transport)
        return FORBIDDEN

    return route


def _refusal(response: HttpResponse) -> HttpResponse:
    """Replace a response other than a redirect by a 403, from which clients see a wrong URL.

    A 5xx stays as it is: after that, clients try again.
    """
    is_fault = response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    is_redirect = response.status == HTTPStatus.TEMPORARY_REDIRECT
    return response if is_fault or is_redirect else FORBIDDEN


def _is_websocket_path(request: HttpRequest, websocket_api: WebSocketApi) -> bool:
    return request.raw_path.removesuffix("/") == websocket_api.definition.path


def _connect(
    websocket_api: WebSocketApi, request: HttpRequest, transport: ClientTransport
) -> AcceptedHandshake | HttpResponse:
    try:
        return websocket_api.connect(request, transport)
    except HandshakeRefused as refusal:
        return refusal.response


def _location(response: HttpResponse) -> str:
    return next((value for name, value in response.headers if name.lower() == "location"), "")
