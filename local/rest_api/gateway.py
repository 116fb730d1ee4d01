"""API Gateway's REST API: routes and authorizes a request, calls its function, answers.

Synchronous and without network I/O: `application.py` and `transport.py` call it.
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
from local.rest_api.events import (
    Event,
    HttpRequest,
    Pairs,
    Target,
    add_authorizer,
    authorizer_event,
    proxy_event,
)
from local.rest_api.routing import Match, resources

GATEWAY_RESPONSES: Mapping[str, tuple[HTTPStatus, str]] = {
    "ACCESS_DENIED": (
        HTTPStatus.FORBIDDEN,
        "User is not authorized to access this resource with an explicit deny",
    ),
    "AUTHORIZER_FAILURE": (HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error"),
    "MISSING_AUTHENTICATION_TOKEN": (HTTPStatus.FORBIDDEN, "Missing Authentication Token"),
    "REQUEST_TOO_LARGE": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Too Long"),
    "UNAUTHORIZED": (HTTPStatus.UNAUTHORIZED, "Unauthorized"),
    # Not one of AWS's response types: there, DEFAULT_5XX answers for a function that fails.
    "FUNCTION_FAILED": (HTTPStatus.BAD_GATEWAY, "Internal server error"),
}
DEFAULT_RESPONSE = GatewayResponse(status=None, headers={}, body=DEFAULT_BODY)
MAX_BODY = 10 * 1024 * 1024  # bytes
MAX_EVENT = 6 * 1024 * 1024  # bytes: Lambda's limit of an event
MAX_ESCAPED = 6  # bytes of an event, at most, for each byte of a body


@dataclass(frozen=True)
class HttpResponse:
    status: int
    headers: Pairs = ()
    body: bytes = b""
    operation: str | None = field(default=None, compare=False)


class RequestRefused(Exception):  # noqa: N818 an answer, not an error
    """API Gateway answers with a gateway response of this type, not with the function's."""

    def __init__(self, response_type: str) -> None:
        self.response_type = response_type
        super().__init__(response_type)


class Gateway:
    def __init__(self, template: Template, functions: Functions | None = None) -> None:
        self._template = template
        self._functions = functions or Functions(template)
        self._resources = resources(template.routes)
        self._anybody: Mapping[str, Any] | None = None

    def answer(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._answer(request)
        except RequestRefused as refusal:
            return self._gateway_response(refusal.response_type)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        target, match = self._route(request)
        if len(request.body) > MAX_BODY:
            raise RequestRefused("REQUEST_TOO_LARGE")
        event = proxy_event(request, target)
        if self._template.authorizer and not match.route.is_open:
            add_authorizer(event, self._authorize(self._template.authorizer, request, event))
        if len(request.body) * MAX_ESCAPED >= MAX_EVENT and _size(event) > MAX_EVENT:
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
        self, authorizer: Authorizer, request: HttpRequest, event: Event
    ) -> Mapping[str, Any]:
        """Return what the authorizer says of the caller.

        Without headers to go by it says the same of anybody: API Gateway keeps that, too.
        """
        if any(request.header(name) is None for name in authorizer.identity_headers):
            raise RequestRefused("UNAUTHORIZED")
        if authorizer.identity_headers:
            return self._ask_authorizer(authorizer, request, event)
        if self._anybody is None:
            self._anybody = self._ask_authorizer(authorizer, request, event)
        return self._anybody

    def _ask_authorizer(
        self, authorizer: Authorizer, request: HttpRequest, event: Event
    ) -> Mapping[str, Any]:
        arn = f"arn:aws:execute-api:local:000000000000:local/{self._template.stage}"
        try:
            policy = self._functions.call(
                authorizer.operation,
                authorizer_event(event, f"{arn}/{request.method}{event['path']}"),
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

    def _gateway_response(self, response_type: str) -> HttpResponse:
        status, message = GATEWAY_RESPONSES[response_type]
        types = (response_type, f"DEFAULT_{status // 100}XX")
        template = next(
            (r for t in types if (r := self._template.responses.get(t))), DEFAULT_RESPONSE
        )
        body = template.body.replace("$context.error.messageString", json.dumps(message))
        return HttpResponse(
            template.status or status,
            [("Content-Type", "application/json"), *template.headers.items()],
            body.encode(),
        )


def _size(event: Event) -> int:
    """The bytes of an event in Lambda's JSON."""
    return len(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())


def _translate(response: Mapping[str, Any], operation: str) -> HttpResponse:
    """Turn a function's proxy response into HTTP; raise if it has no status code."""
    single, multiple = response.get("headers") or {}, response.get("multiValueHeaders") or {}
    named = {name.lower() for name in multiple}
    headers = [(name, str(value)) for name, value in single.items() if name.lower() not in named]
    headers += [(name, str(value)) for name, values in multiple.items() for value in values]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    body = response.get("body") or ""
    is_encoded = response.get("isBase64Encoded", False)
    return HttpResponse(
        int(response["statusCode"]),
        headers,
        base64.b64decode(body) if is_encoded else body.encode(),
        operation,
    )
