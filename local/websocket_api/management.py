"""`@connections`: API Gateway's management API for the connections of a WebSocket API."""

import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from local.rest_api.events import HttpRequest
from local.rest_api.gateway import GatewayAnswer
from local.websocket_api.gateway import ConnectionClosed, Full, OpenConnection, WebSocketApi

LARGEST_MESSAGE = 128 * 1024
MAX_REASON = 123  # bytes: what a close frame holds
NORMAL = 1000
CLOSE = "Runledger-Close"  # of our functions: AWS's own call can't carry a code
# 1006 can't be sent: a client sees it when the connection is dropped.
CODES = frozenset({1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})
FIRST_OF_APPLICATIONS, LAST_OF_APPLICATIONS = 3000, 4999


def answer(websocket_api: WebSocketApi, request: HttpRequest) -> GatewayAnswer | None:
    """Answer what is asked of a connection, without waiting; None for another path."""
    path = re.escape(websocket_api.api.path)
    if (
        found := re.fullmatch(rf"{path}/@connections/([^/]+)/?", unquote(request.raw_path))
    ) is None:
        return None
    if (act := ACTIONS.get(request.method)) is None:
        return _refusal(HTTPStatus.FORBIDDEN, "ForbiddenException")
    try:
        return act(websocket_api.find(found[1]), request)
    except ConnectionClosed:
        return _refusal(HTTPStatus.GONE, "GoneException")
    except Full:
        return _refusal(HTTPStatus.TOO_MANY_REQUESTS, "LimitExceededException")


def _post(connection: OpenConnection, request: HttpRequest) -> GatewayAnswer:
    if len(request.body) > LARGEST_MESSAGE:
        return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "PayloadTooLargeException")
    connection.end.send(request.body)
    return _json(HTTPStatus.OK, {})


def _get(connection: OpenConnection, _: HttpRequest) -> GatewayAnswer:
    connected = f"{connection.caller.connected:%Y-%m-%dT%H:%M:%SZ}"
    identity = dict(connection.caller.identity)
    return _json(
        HTTPStatus.OK, {"connectedAt": connected, "identity": identity, "lastActiveAt": connected}
    )


def _delete(connection: OpenConnection, request: HttpRequest) -> GatewayAnswer:
    code, _, reason = (request.header(CLOSE) or str(NORMAL)).partition(" ")
    if not _can_be_sent(code, reason):
        return _refusal(HTTPStatus.BAD_REQUEST, "BadRequestException")
    connection.end.close(int(code), reason)
    return GatewayAnswer(HTTPStatus.NO_CONTENT)


ACTIONS: Mapping[str, Callable[[OpenConnection, HttpRequest], GatewayAnswer]] = {
    "POST": _post,
    "GET": _get,
    "DELETE": _delete,
}


def _can_be_sent(code: str, reason: str) -> bool:
    if not code.isdecimal() or len(reason.encode()) > MAX_REASON:
        return False
    return int(code) in CODES or FIRST_OF_APPLICATIONS <= int(code) <= LAST_OF_APPLICATIONS


def _refusal(status: HTTPStatus, kind: str) -> GatewayAnswer:
    refused = _json(status, {"message": kind})
    return GatewayAnswer(status, [*refused.headers, ("x-amzn-ErrorType", kind)], refused.body)


def _json(status: HTTPStatus, body: Mapping[str, Any]) -> GatewayAnswer:
    return GatewayAnswer(status, [("Content-Type", "application/json")], json.dumps(body).encode())
