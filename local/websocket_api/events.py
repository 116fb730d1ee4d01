"""The event of API Gateway's WebSocket proxy integration."""

import base64
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local.rest_api.events import Event, HttpRequest, domain_of, single_and_multi

CONNECT, DEFAULT, DISCONNECT = "$connect", "$default", "$disconnect"


def _new_id() -> str:
    """Eleven bytes, as at AWS: their "=" must be encoded in a path."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()


@dataclass(frozen=True)
class ConnectionInfo:
    """A connection's members of an event's requestContext."""

    host: str
    stage: str
    source_ip: str
    user_agent: str | None
    id: str = field(default_factory=_new_id)
    connected_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def identity(self) -> Mapping[str, str | None]:
        return {"sourceIp": self.source_ip, "userAgent": self.user_agent}


def connection_info(request: HttpRequest, stage: str) -> ConnectionInfo:
    user_agent = request.header("user-agent")
    return ConnectionInfo(domain_of(request), stage, request.source_ip, user_agent)


def connect_event(info: ConnectionInfo, request: HttpRequest) -> Event:
    query = parse_qsl(request.query, keep_blank_values=True)
    parameters = single_and_multi("queryStringParameters", "multiValueQueryStringParameters", query)
    return {
        **single_and_multi("headers", "multiValueHeaders", request.headers),
        **{name: values for name, values in parameters.items() if values},
        "requestContext": _context(info, CONNECT, "CONNECT"),
        "isBase64Encoded": False,
    }


def message_event(info: ConnectionInfo, route: str, message: str | bytes) -> Event:
    is_text = isinstance(message, str)
    return {
        "requestContext": _context(info, route, "MESSAGE")
        | {"messageId": secrets.token_urlsafe(11)},
        "body": message if isinstance(message, str) else base64.b64encode(message).decode(),
        "isBase64Encoded": not is_text,
    }


def disconnect_event(info: ConnectionInfo, code: int, reason: str) -> Event:
    return {
        **single_and_multi("headers", "multiValueHeaders", [("Host", info.host)]),
        "requestContext": _context(info, DISCONNECT, "DISCONNECT")
        | {"disconnectStatusCode": code, "disconnectReason": reason},
        "isBase64Encoded": False,
    }


def _context(info: ConnectionInfo, route: str, kind: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "apiId": "local",
        "connectedAt": int(info.connected_at.timestamp() * 1000),
        "connectionId": info.id,
        "domainName": info.host,
        "eventType": kind,
        "extendedRequestId": uuid.uuid4().hex[:16],
        "identity": dict(info.identity),
        "messageDirection": "IN",
        "requestId": str(uuid.uuid4()),
        "requestTime": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "routeKey": route,
        "stage": info.stage,
    }
