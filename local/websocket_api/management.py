"""`@connections`: API Gateway's management API for the connections of a WebSocket API."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from local.rest_api.events import HttpRequest
from local.rest_api.gateway import HttpResponse
from local.websocket_api.gateway import (
    ConnectionGone,
    OpenConnection,
    SendBufferFull,
    WebSocketApi,
)

MAX_MESSAGE_BYTES = 128 * 1024
MAX_REASON = 123  # bytes, in a close frame
NORMAL = 1000
CLOSE_HEADER = "Runledger-Close"  # code and reason: AWS's DeleteConnection can't carry them
# 1006 can't be sent: a client sees it when the connection is dropped.
CLOSE_CODES = frozenset(
    {1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014}
)
MIN_APPLICATION_CODE, MAX_APPLICATION_CODE = 3000, 4999


def answer(websocket_api: WebSocketApi, request: HttpRequest) -> HttpResponse | None:
    """Answer a request of the management API without blocking; None for another path."""
    found = _connections(websocket_api.definition.path).fullmatch(unquote(request.raw_path))
    if found is None:
        return None
    if (action := ACTIONS.get(request.method)) is None:
        return _refusal(HTTPStatus.FORBIDDEN, "ForbiddenException")
    try:
        return action(websocket_api.find(found[1]), request)
    except ConnectionGone:
        return _refusal(HTTPStatus.GONE, "GoneException")
    except SendBufferFull:
        return _refusal(HTTPStatus.TOO_MANY_REQUESTS, "LimitExceededException")


@cache
def _connections(path: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(path)}/@connections/([^/]+)/?")


def _post(connection: OpenConnection, request: HttpRequest) -> HttpResponse:
    if len(request.body) > MAX_MESSAGE_BYTES:
        return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "PayloadTooLargeException")
    connection.transport.send(request.body)
    return _json(HTTPStatus.OK, {})


def _get(connection: OpenConnection, _: HttpRequest) -> HttpResponse:
    connected = f"{connection.info.connected_at:%Y-%m-%dT%H:%M:%SZ}"
    identity = dict(connection.info.identity)
    return _json(
        HTTPStatus.OK, {"connectedAt": connected, "identity": identity, "lastActiveAt": connected}
    )


def _delete(connection: OpenConnection, request: HttpRequest) -> HttpResponse:
    code, _, reason = (request.header(CLOSE_HEADER) or str(NORMAL)).partition(" ")
    if not _is_valid_close(code, reason):
        return _refusal(HTTPStatus.BAD_REQUEST, "BadRequestException")
    connection.transport.close(int(code), reason)
    return HttpResponse(HTTPStatus.NO_CONTENT)


ACTIONS: Mapping[str, Callable[[OpenConnection, HttpRequest], HttpResponse]] = {
    "POST": _post,
    "GET": _get,
    "DELETE": _delete,
}


def _is_valid_close(code: str, reason: str) -> bool:
    if not code.isdecimal() or len(reason.encode()) > MAX_REASON:
        return False
    return int(code) in CLOSE_CODES or MIN_APPLICATION_CODE <= int(code) <= MAX_APPLICATION_CODE


def _refusal(status: HTTPStatus, error_type: str) -> HttpResponse:
    response = _json(status, {"message": error_type})
    return HttpResponse(
        status, [*response.headers, ("x-amzn-ErrorType", error_type)], response.body
    )


def _json(status: HTTPStatus, body: Mapping[str, Any]) -> HttpResponse:
    return HttpResponse(status, [("Content-Type", "application/json")], json.dumps(body).encode())
