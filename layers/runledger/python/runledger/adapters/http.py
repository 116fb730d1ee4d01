"""From an API Gateway event to a call of ours, and from what became of it to the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic_core import to_json

from runledger.adapters import auth, parsing
from runledger.adapters.observability import count, logger
from runledger.adapters.problems import BadRequest, InvalidRequest
from runledger.adapters.requests import Request
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
from runledger.metering import measured

# Asked for by this header, a query's answer tells in the other how it was found.
EXPLAIN, PLAN = "runledger-explain", "Runledger-Plan"

CORS = {"Access-Control-Allow-Origin": "*"}
JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}

# Lambda hands over at most 6 MB; API Gateway would answer a bare 502 to more.
MAX_BYTES = 6 * 1024 * 1024 - 64 * 1024
# JSON spells no character of a text with more bytes: "\u0000".
MAX_GROWTH = 6

INTEGRITY = (
    "Data integrity conflict. This usually means a unique or foreign key constraint was violated. "
    "See server logs for details."
)


# The metric that counts an answer; those of one kind are counted together.
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


class Unauthorized(Exception):  # noqa: N818
    """The caller did not show the auth string."""


@dataclass(frozen=True)
class Response:
    """An answer: anything that pydantic can spell as JSON, or a text, or nothing."""

    body: Any = None
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    log: Mapping[str, object] = field(default_factory=dict)

    def as_event(self) -> dict[str, Any]:
        """Spell it for API Gateway; only 204 has no body.

        Raises:
            TooLarge: there is more of it than Lambda hands over.
        """
        if self.status == HTTPStatus.NO_CONTENT:
            return self._spelled("", {})
        if self.text is None:
            return self._spelled(self._json(), JSON)
        _check_size(self.text)
        return self._spelled(self.text, TEXT)

    def _spelled(self, body: str, content_type: Mapping[str, str]) -> dict[str, Any]:
        headers = {**CORS, **content_type, **self.headers}
        return {"statusCode": int(self.status), "headers": headers, "body": body}

    def _json(self) -> str:
        # What JSON can't say, the exceptions in pydantic's errors, is shown as an empty object.
        body = to_json(self.body, fallback=lambda _: {}).decode()
        _check_size(body)
        return body


def _check_size(body: str) -> None:
    """Check what Lambda hands over: the body as a text in JSON, where some letters take more room.

    Raises:
        TooLarge: it is too much.
    """
    if len(body) * MAX_GROWTH <= MAX_BYTES:
        return
    size = len(to_json(body))
    if size > MAX_BYTES:
        raise TooLarge(f"The answer has {size:,} bytes, more than can be sent: ask for less.")


# What is answered with an error: written by the error's kind, so each may ask of its own.
Answer = Callable[[Any], Response]


def _detail(status: int) -> Answer:
    return lambda error: Response({"detail": str(error)}, status)


def _message(status: int, text: str) -> Answer:
    return lambda _: Response({"exception_message": text}, status)


# Prefect's clients repeat a 503 five times, after so many seconds each. A repeated search ends no
# sooner than the first, unless the database was slow, so they need not wait long for the advice.
SECONDS_TO_REPEAT = 1


def _out_of_time(error: OutOfTime) -> Response:
    wait = {"Retry-After": str(SECONDS_TO_REPEAT)}
    body = {"exception_message": str(error)}
    return Response(body, HTTPStatus.SERVICE_UNAVAILABLE, wait, log=error.log)


def _locked(error: Locked) -> Response:
    seconds = error.seconds_to_wait
    wait = {} if seconds is None else {"Retry-After": str(seconds)}
    return Response({"detail": str(error)}, HTTPStatus.LOCKED, wait)


# What each error is answered with (contract, task-runs 1.6); what is not here is a bug.
ANSWERS: Mapping[type[Exception], Answer] = {
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
    InvalidRequest: lambda error: Response(error.answer_body(), HTTPStatus.UNPROCESSABLE_ENTITY),
    Invalid: _detail(HTTPStatus.UNPROCESSABLE_ENTITY),
    OutOfTime: _out_of_time,
    Unavailable: _message(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable"),
}
BUG = _message(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")


def admit(request: Request) -> None:
    """Let a caller pass who shows the auth string.

    Raises:
        Unauthorized: this one does not.
    """
    if not auth.admits(request.authorization):
        raise Unauthorized


Endpoint = Callable[[Request], Response]
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def endpoint(answer: Endpoint, *, authenticated: bool = True, versioned: bool = True) -> Handler:
    """Make a Lambda handler of a function from request to response: checked, logged and counted."""

    def respond(event: dict[str, Any]) -> Response:
        request = Request(event, datetime.now(UTC))
        if authenticated:
            admit(request)
            request.check_path()
        if versioned:
            request.check_syntax()
            request.check_version()
        return answer(request)

    @wraps(answer)
    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        with measured() as meter:
            response, body = attempt(lambda: respond(event))
        status = HTTPStatus(response.status)
        costs = {**response.log, **meter.log_fields()}
        logger.info("answered", extra={"status": status, **costs})
        count(OUTCOMES.get(status, "Failed"))
        if response.log and wants_explanation(event):
            body["headers"][PLAN] = "; ".join(f"{name}={value}" for name, value in costs.items())
        return body

    return handler


def attempt(respond: Callable[[], Response]) -> tuple[Response, dict[str, Any]]:
    """Return a response, spelled; whatever happens, the client is told."""
    try:
        response = respond()
        return response, response.as_event()
    except Exception as error:  # noqa: BLE001
        body = answer_to(error)
        return body, body.as_event()


def wants_explanation(event: Mapping[str, Any]) -> bool:
    """Tell whether the caller asks how a query was answered and what it cost."""
    return parsing.first_of(event).get(EXPLAIN) == "true"


def answer_to(error: Exception) -> Response:
    """Return what a client is told of an error."""
    known = next((kind for kind in type(error).__mro__ if kind in ANSWERS), None)
    if known:
        return ANSWERS[known](error)
    logger.exception("unexpected error")
    return BUG(error)
