"""API Gateway's REST API: routes and authorizes a request, calls its function, answers.

Synchronous and without network I/O: `server.py` and `transport.py` call it.
"""

import base64
import json
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from local.cloudformation.template import DEFAULT_BODY, Authorizer, GatewayResponse, Template
from local.functions import Functions
from local.rest_api.events import Event, HttpRequest, Pairs, Target, authorizer_event, proxy_event
from local.rest_api.routing import Match, Resources

OWN_RESPONSES: Mapping[str, tuple[HTTPStatus, str]] = {
    "ACCESS_DENIED": (
        HTTPStatus.FORBIDDEN,
        "User is not authorized to access this resource with an explicit deny",
    ),
    "AUTHORIZER_FAILURE": (HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error"),
    "MISSING_AUTHENTICATION_TOKEN": (HTTPStatus.FORBIDDEN, "Missing Authentication Token"),
    "REQUEST_TOO_LARGE": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Too Long"),
    "UNAUTHORIZED": (HTTPStatus.UNAUTHORIZED, "Unauthorized"),
    # Not a name of AWS's: a function that fails is answered by DEFAULT_5XX there.
    "FUNCTION_FAILED": (HTTPStatus.BAD_GATEWAY, "Internal server error"),
}
PLAIN = GatewayResponse(status=None, headers={}, body=DEFAULT_BODY)
MAX_BODY = 10 * 1024 * 1024
# Of an event, in which each byte of a body takes six at most: what Lambda takes.
MAX_EVENT, MAX_SPELLED = 6 * 1024 * 1024, 6


@dataclass(frozen=True)
class GatewayAnswer:
    status: int
    headers: Pairs = ()
    body: bytes = b""
    operation: str | None = field(default=None, compare=False)


class RequestRefused(Exception):  # noqa: N818 an answer, not an error
    """API Gateway answers by itself."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class Gateway:
    def __init__(self, template: Template, functions: Functions | None = None) -> None:
        self._template = template
        self._functions = functions or Functions(template)
        self._resources = Resources(template.routes)

    def answer(self, request: HttpRequest) -> GatewayAnswer:
        try:
            return self._answer(request)
        except RequestRefused as refusal:
            return self._own_answer(refusal.kind)

    def _answer(self, request: HttpRequest) -> GatewayAnswer:
        target, match = self._route(request)
        if len(request.body) > MAX_BODY:
            raise RequestRefused("REQUEST_TOO_LARGE")
        caller = None
        if self._template.authorizer and not match.route.is_open:
            caller = self._authorize(self._template.authorizer, request, target)
        event = proxy_event(request, target, caller)
        if len(request.body) * MAX_SPELLED >= MAX_EVENT and _size(event) > MAX_EVENT:
            raise RequestRefused("REQUEST_TOO_LARGE")
        operation = match.route.operation
        try:
            return _translate(self._functions.call(operation, event), operation)
        except Exception:  # noqa: BLE001 as at AWS, no failure of a function ends the gateway
            sys.stderr.write(traceback.format_exc())
            raise RequestRefused("FUNCTION_FAILED") from None

    def _route(self, request: HttpRequest) -> tuple[Target, Match]:
        stage = f"/{self._template.stage}"
        path = request.raw_path.removeprefix(stage)
        if not request.raw_path.startswith(f"{stage}/"):
            raise RequestRefused("MISSING_AUTHENTICATION_TOKEN")
        if (match := self._resources.match(request.method, path)) is None:
            raise RequestRefused("MISSING_AUTHENTICATION_TOKEN")
        return Target(self._template.stage, path, match.route.path, match.variables), match

    def _authorize(
        self, authorizer: Authorizer, request: HttpRequest, target: Target
    ) -> Mapping[str, Any]:
        if any(request.header(name) is None for name in authorizer.identity_headers):
            raise RequestRefused("UNAUTHORIZED")
        arn = f"arn:aws:execute-api:local:000000000000:local/{target.stage}/{request.method}"
        try:
            policy = self._functions.call(
                authorizer.operation, authorizer_event(request, target, f"{arn}{target.path}")
            )
            effects = {statement["Effect"] for statement in policy["policyDocument"]["Statement"]}
        except Exception as error:  # noqa: BLE001 as above
            if str(error) == "Unauthorized":
                raise RequestRefused("UNAUTHORIZED") from None
            sys.stderr.write(traceback.format_exc())
            raise RequestRefused("AUTHORIZER_FAILURE") from None
        if effects != {"Allow"}:
            raise RequestRefused("ACCESS_DENIED")
        return {**policy.get("context", {}), "principalId": policy["principalId"]}

    def _own_answer(self, kind: str) -> GatewayAnswer:
        status, message = OWN_RESPONSES[kind]
        kinds = (kind, f"DEFAULT_{status // 100}XX")
        shape = next((r for k in kinds if (r := self._template.responses.get(k))), PLAIN)
        body = shape.body.replace("$context.error.messageString", json.dumps(message))
        return GatewayAnswer(
            shape.status or status,
            [("Content-Type", "application/json"), *shape.headers.items()],
            body.encode(),
        )


def _size(event: Event) -> int:
    """The bytes of an event as Lambda gets it."""
    return len(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())


def _translate(response: Mapping[str, Any], operation: str) -> GatewayAnswer:
    """A function's proxy response as HTTP; one without a status is the function's failure."""
    single, multiple = response.get("headers") or {}, response.get("multiValueHeaders") or {}
    named = {name.lower() for name in multiple}
    headers = [(name, str(value)) for name, value in single.items() if name.lower() not in named]
    headers += [(name, str(value)) for name, values in multiple.items() for value in values]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    body = response.get("body") or ""
    is_encoded = response.get("isBase64Encoded", False)
    return GatewayAnswer(
        int(response["statusCode"]),
        headers,
        base64.b64decode(body) if is_encoded else body.encode(),
        operation,
    )
