"""Lambda handler decorator: parse the event, call the endpoint, map errors to responses."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Generic, NamedTuple, TypeVar

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic_core import to_json

from runledger.adapters import auth, parsing
from runledger.adapters.auth import FindCaller, Unauthorized
from runledger.adapters.observability import count, logger
from runledger.adapters.problems import BadRequest, InvalidRequest
from runledger.adapters.requests import Request
from runledger.domain.access import Scope
from runledger.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LeaseExpired,
    Locked,
    Mismatch,
    NotFound,
    OutOfTime,
    Rejected,
    TooLarge,
    Unavailable,
    UnknownRun,
)
from runledger.metering import Meter, measured

# A request with the first header gets its query's plan and costs in the second one.
EXPLAIN, PLAN = "runledger-explain", "Runledger-Plan"

CORS = {"Access-Control-Allow-Origin": "*"}
JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}

# Lambda returns at most 6 MB; API Gateway answers a bare 502 to more.
MAX_BYTES = 6 * 1024 * 1024 - 64 * 1024
# The most bytes of a character in JSON: "\u0000".
MAX_GROWTH = 6

INTEGRITY = (
    "Data integrity conflict. This usually means a unique or foreign key constraint was violated. "
    "See server logs for details."
)


# The metric of each status; several statuses share a metric.
OUTCOMES: Mapping[int, str] = {
    HTTPStatus.OK: "Answered",
    HTTPStatus.CREATED: "Accepted",
    HTTPStatus.NO_CONTENT: "Accepted",
    HTTPStatus.TEMPORARY_REDIRECT: "Answered",
    HTTPStatus.NOT_FOUND: "NotFound",
    HTTPStatus.GONE: "NotFound",
    HTTPStatus.LOCKED: "Delayed",
    HTTPStatus.BAD_REQUEST: "Invalid",
    HTTPStatus.UNAUTHORIZED: "Unauthorized",
    HTTPStatus.FORBIDDEN: "Invalid",
    HTTPStatus.METHOD_NOT_ALLOWED: "Invalid",
    HTTPStatus.CONFLICT: "Invalid",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Invalid",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Invalid",
    HTTPStatus.SERVICE_UNAVAILABLE: "Unavailable",
}


B = TypeVar("B")


class Response(NamedTuple, Generic[B]):
    """A response: a body that pydantic can serialize to JSON, a text, or nothing.

    An endpoint is annotated with the type of its body: the OpenAPI document has its schema.
    """

    body: B | None = None
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = {}
    text: str | None = None
    log: Mapping[str, object] = {}

    def as_event(self) -> dict[str, Any]:
        """Return the response in API Gateway's format; only 204 has no body.

        Raises:
            TooLarge: it is larger than Lambda's limit.
        """
        if self.status == HTTPStatus.NO_CONTENT:
            return self._as_event("", {})
        if self.text is None:
            return self._as_event(self._json(), JSON)
        _check_size(self.text)
        return self._as_event(self.text, TEXT)

    def _as_event(self, body: str, content_type: Mapping[str, str]) -> dict[str, Any]:
        headers = {**CORS, **content_type, **self.headers}
        return {"statusCode": int(self.status), "headers": headers, "body": body}

    def _json(self) -> str:
        # The exceptions in pydantic's errors are not JSON: each becomes an empty object.
        body = to_json(self.body, fallback=lambda _: {}).decode()
        _check_size(body)
        return body


def _check_size(body: str) -> None:
    """Check the size of a body as Lambda returns it: escaped, in a JSON string.

    Raises:
        TooLarge: it is above Lambda's limit.
    """
    if len(body) * MAX_GROWTH <= MAX_BYTES:
        return
    size = len(to_json(body))
    if size > MAX_BYTES:
        raise TooLarge(f"The answer has {size:,} bytes, more than can be sent: ask for less.")


# Makes the response to an error; each error class may use its own attributes.
ErrorResponse = Callable[[Any], Response[Any]]


def _detail(status: int) -> ErrorResponse:
    return lambda error: Response({"detail": str(error)}, status)


def _message(status: int, text: str) -> ErrorResponse:
    return lambda _: Response({"exception_message": text}, status)


# Prefect's clients retry a 503 five times, after this delay. A repeated search takes as long as the
# first, unless the database was slow, so a short delay shows the advice sooner.
RETRY_AFTER_SECONDS = 1


def _out_of_time(error: OutOfTime) -> Response[Any]:
    wait = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    body = {"exception_message": str(error)}
    return Response(body, HTTPStatus.SERVICE_UNAVAILABLE, wait, log=error.log)


def _locked(error: Locked) -> Response[Any]:
    seconds = error.seconds_to_wait
    wait = {} if seconds is None else {"Retry-After": str(seconds)}
    return Response({"detail": str(error)}, HTTPStatus.LOCKED, wait)


# The response to each error class (docs/contract/task-runs.md 1.6); any other exception is a bug.
ERROR_RESPONSES: Mapping[type[Exception], ErrorResponse] = {
    BadRequest: _detail(HTTPStatus.BAD_REQUEST),
    Unauthorized: _message(HTTPStatus.UNAUTHORIZED, "Unauthorized"),
    Forbidden: _detail(HTTPStatus.FORBIDDEN),
    NotFound: _detail(HTTPStatus.NOT_FOUND),
    UnknownRun: lambda error: Response({"exception_message": str(error)}, HTTPStatus.NOT_FOUND),
    Conflict: lambda _: Response({"detail": INTEGRITY}, HTTPStatus.CONFLICT),
    Mismatch: _detail(HTTPStatus.CONFLICT),
    Rejected: _detail(HTTPStatus.BAD_REQUEST),
    Locked: _locked,
    LeaseExpired: _detail(HTTPStatus.GONE),
    TooLarge: _detail(HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    InvalidRequest: lambda error: Response(error.response_body(), HTTPStatus.UNPROCESSABLE_ENTITY),
    Invalid: _detail(HTTPStatus.UNPROCESSABLE_ENTITY),
    OutOfTime: _out_of_time,
    Unavailable: _message(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable"),
}
BUG = _message(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")


def admit(request: Request, needed: Scope, find_caller: FindCaller | None = None) -> None:
    """Check the credentials of a caller, also those that the authorizer has checked, and its scope.

    Without `find_caller`, the caller is the one that the authorizer has found.

    Raises:
        Unauthorized: its credentials are missing or wrong.
        Forbidden: its scope does not include the one that is needed.
    """
    find_caller = find_caller or auth.vouched_for(request.event, request.now)
    request.caller = auth.authenticate(request.authorization, find_caller)
    request.caller.check(needed)


Endpoint = Callable[[Request], Response[Any]]
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def endpoint(respond: Endpoint, *, authenticated: bool = True, versioned: bool = True) -> Handler:
    """Make a Lambda handler of an endpoint: check requests, log and count responses.

    The scope that its callers need is that of the function in template.yaml.
    """
    needed = Scope(os.environ.get("SCOPE", Scope.ADMIN))

    def checked_response(request: Request, meter: Meter) -> Response[Any]:
        if authenticated:
            admit(request, needed)
            meter.key_name = request.caller and request.caller.key_name
            request.check_path()
        if versioned:
            request.check_syntax()
            request.check_version()
        return respond(request)

    @wraps(respond)
    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        request = Request(event, datetime.now(UTC))
        with measured() as meter:
            response, body = attempt(lambda: checked_response(request, meter))
        status = HTTPStatus(response.status)
        costs = {**response.log, **meter.log_fields()}
        principal = {"principal": request.caller.name} if request.caller else {}
        logger.info("answered", extra={"status": status, **principal, **costs})
        count(OUTCOMES.get(status, "Failed"))
        if response.log and wants_explanation(event):
            body["headers"][PLAN] = "; ".join(f"{name}={value}" for name, value in costs.items())
        return body

    return handler


def attempt(respond: Callable[[], Response[Any]]) -> tuple[Response[Any], dict[str, Any]]:
    """Return a response, also in API Gateway's format; an exception becomes a response, too."""
    try:
        response = respond()
        return response, response.as_event()
    except Exception as error:  # noqa: BLE001
        response = error_response(error)
        return response, response.as_event()


def wants_explanation(event: Mapping[str, Any]) -> bool:
    """Return whether the caller wants the plan and the costs of its query."""
    return parsing.first_headers(event).get(EXPLAIN) == "true"


def error_response(error: Exception) -> Response[Any]:
    """Return the response to an error, by the nearest known class."""
    known = next((kind for kind in type(error).__mro__ if kind in ERROR_RESPONSES), None)
    if known:
        return ERROR_RESPONSES[known](error)
    logger.exception("unexpected error")
    return BUG(error)
