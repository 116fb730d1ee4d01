"""Routes a WebSocket handshake: to the WebSocket API, to a redirect there, or to a refusal."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from local.rest_api.events import Request
from local.rest_api.gateway import Answer, Gateway
from local.websocket_api.gateway import End, Hub, Opened, Refused

# The connection, or the answer that refuses it.
Entrance = Callable[[Request, End], Opened | Answer]

FORBIDDEN = Answer(
    HTTPStatus.FORBIDDEN, [("Content-Type", "application/json")], b'{"message":"Forbidden"}'
)


def one_url(gateway: Gateway, hub: Hub, url: str) -> Entrance:
    """Follow the REST API's redirects to the WebSocket API, as CloudFront makes one of both."""

    def enter(request: Request, end: End) -> Opened | Answer:
        if _is_sockets(request, hub):
            return _connect(hub, request, end)
        answer = gateway.answer(request)
        there, _, query = _location(answer).partition("?")
        if answer.status != HTTPStatus.TEMPORARY_REDIRECT or there != url:
            return _refusal(answer)
        return _connect(hub, replace(request, raw_path=hub.api.path, query=query), end)

    return enter


def rest(gateway: Gateway) -> Entrance:
    """Leave redirects to the client."""
    return lambda request, _: _refusal(gateway.answer(request))


def sockets(hub: Hub) -> Entrance:
    """Know the WebSocket API only."""

    def enter(request: Request, end: End) -> Opened | Answer:
        return _connect(hub, request, end) if _is_sockets(request, hub) else FORBIDDEN

    return enter


def _refusal(answer: Answer) -> Answer:
    """What a client hears that the REST API does not lead on: it is told of its URL by a 403.

    A fault of the server's stays one, after which clients try again.
    """
    is_fault = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return answer if is_fault or answer.status == HTTPStatus.TEMPORARY_REDIRECT else FORBIDDEN


def _is_sockets(request: Request, hub: Hub) -> bool:
    return request.raw_path.removesuffix("/") == hub.api.path


def _connect(hub: Hub, request: Request, end: End) -> Opened | Answer:
    try:
        return hub.connect(request, end)
    except Refused as refusal:
        return Answer(refusal.status)


def _location(answer: Answer) -> str:
    return next((value for name, value in answer.headers if name.lower() == "location"), "")
