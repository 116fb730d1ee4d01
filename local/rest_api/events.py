"""The event of API Gateway's REST proxy integration (format 1.0)."""

import base64
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

Pairs = Sequence[tuple[str, str]]
Event = dict[str, Any]

ACCOUNT = "000000000000"
HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?")
TIMEOUT_MS = 29_000
UNUSED_IDENTITY: Mapping[str, None] = dict.fromkeys(
    (
        "accessKey",
        "accountId",
        "apiKey",
        "apiKeyId",
        "caller",
        "cognitoAuthenticationProvider",
        "cognitoAuthenticationType",
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "principalOrgId",
        "user",
        "userArn",
    )
)
OF_PROCESS = str(uuid.uuid4())[:24]
_numbers = count(1)
OF_BODY = ("body", "isBase64Encoded")


@dataclass(frozen=True)
class HttpRequest:
    method: str
    raw_path: str  # percent-encoded, without the query
    query: str = ""
    headers: Pairs = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[-1] if values else None


def request_id() -> str:
    """Return an id that no other request has, in the form of a UUID.

    To draw random bytes for each request takes more of the processor than to count.
    """
    return f"{OF_PROCESS}{next(_numbers):012x}"


def path_of(target: str) -> str:
    """The path of a request line, percent-encoded; a proxy's client sends the whole URL."""
    return target if target.startswith("/") else urlsplit(target).path or "/"


def domain_of(request: HttpRequest) -> str:
    """The Host header without its port."""
    host = HOST.fullmatch(request.header("host") or "")
    return host[1] if host else "localhost"


class Target(NamedTuple):
    """The resource that a request is routed to."""

    stage: str
    path: str  # percent-encoded, without the stage
    resource: str
    variables: Mapping[str, str]


@dataclass(frozen=True)
class LambdaContext:
    """The context argument of a handler; Powertools reads the first five members."""

    function_name: str
    aws_request_id: str = field(default_factory=request_id)
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 1024
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:local:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, TIMEOUT_MS - int(1000 * (time.monotonic() - self.started)))


def proxy_event(request: HttpRequest, target: Target) -> Event:
    query = parse_qsl(request.query, keep_blank_values=True) if request.query else ()
    body, is_encoded = _body(request.body)
    return {
        "resource": target.resource,
        "path": target.path,
        "httpMethod": request.method,
        **single_and_multi("headers", "multiValueHeaders", request.headers),
        **single_and_multi("queryStringParameters", "multiValueQueryStringParameters", query),
        "pathParameters": dict(target.variables) or None,
        "stageVariables": None,
        "requestContext": _context(request, target),
        "body": body,
        "isBase64Encoded": is_encoded,
    }


def authorizer_event(event: Event, method_arn: str) -> Event:
    """The event of the request's authorizer: the function's, without the body."""
    seen = {name: value for name, value in event.items() if name not in OF_BODY}
    return {"type": "REQUEST", "methodArn": method_arn, **seen}


def add_authorizer(event: Event, authorizer: Mapping[str, Any]) -> None:
    """Let the function see what its authorizer said."""
    event["requestContext"]["authorizer"] = dict(authorizer)


def _context(request: HttpRequest, target: Target) -> dict[str, Any]:
    now, own_id = time.time(), request_id()
    return {
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": domain_of(request),
        "extendedRequestId": own_id[-12:],
        "httpMethod": request.method,
        "identity": {
            **UNUSED_IDENTITY,
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "path": f"/{target.stage}{target.path}",
        "protocol": "HTTP/1.1",
        "requestId": own_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "resourceId": "local",
        "resourcePath": target.resource,
        "stage": target.stage,
    }


def single_and_multi(single: str, multiple: str, pairs: Pairs) -> dict[str, Any]:
    """Two members of an event: each name's last value, and all its values; null without names."""
    every: dict[str, list[str]] = {}
    for name, value in pairs:
        every.setdefault(name, []).append(value)
    return {
        single: {name: values[-1] for name, values in every.items()} or None,
        multiple: every or None,
    }


def _body(body: bytes) -> tuple[str | None, bool]:
    try:
        return body.decode() or None, False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True
