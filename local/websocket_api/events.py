"""The event of API Gateway's WebSocket proxy integration."""

import base64
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local.rest_api.events import Event, HttpRequest, domain_of, twice

CONNECT, DEFAULT, DISCONNECT = "$connect", "$default", "$disconnect"


def _new_id() -> str:
    """Eleven bytes, as at AWS: with the "=" that has to be encoded in a path."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()


@dataclass(frozen=True)
class Caller:
    """A client's connection, as the events describe it."""

    host: str
    stage: str
    source: str
    user_agent: str | None
    id: str = field(default_factory=_new_id)
    connected: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def identity(self) -> Mapping[str, str | None]:
        return {"sourceIp": self.source, "userAgent": self.user_agent}


def caller(request: HttpRequest, stage: str) -> Caller:
    return Caller(domain_of(request), stage, request.source, request.header("user-agent"))


def connect_event(caller: Caller, request: HttpRequest) -> Event:
    query = parse_qsl(request.query, keep_blank_values=True)
    asked = twice("queryStringParameters", "multiValueQueryStringParameters", query)
    return {
        **twice("headers", "multiValueHeaders", request.headers),
        **{name: values for name, values in asked.items() if values},
        "requestContext": _context(caller, CONNECT, "CONNECT"),
        "isBase64Encoded": False,
    }


def message_event(caller: Caller, route: str, message: str | bytes) -> Event:
    is_text = isinstance(message, str)
    return {
        "requestContext": _context(caller, route, "MESSAGE")
        | {"messageId": secrets.token_urlsafe(11)},
        "body": message if isinstance(message, str) else base64.b64encode(message).decode(),
        "isBase64Encoded": not is_text,
    }


def disconnect_event(caller: Caller, code: int, reason: str) -> Event:
    return {
        **twice("headers", "multiValueHeaders", [("Host", caller.host)]),
        "requestContext": _context(caller, DISCONNECT, "DISCONNECT")
        | {"disconnectStatusCode": code, "disconnectReason": reason},
        "isBase64Encoded": False,
    }


def _context(caller: Caller, route: str, kind: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "apiId": "local",
        "connectedAt": int(caller.connected.timestamp() * 1000),
        "connectionId": caller.id,
        "domainName": caller.host,
        "eventType": kind,
        "extendedRequestId": uuid.uuid4().hex[:16],
        "identity": dict(caller.identity),
        "messageDirection": "IN",
        "requestId": str(uuid.uuid4()),
        "requestTime": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "routeKey": route,
        "stage": caller.stage,
    }
