"""The responses of an operation: its answers, and what becomes of its errors."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple, NotRequired, get_args, get_origin

from typing_extensions import TypedDict  # pydantic reads no other one on Python 3.11

from openapi.endpoints import Declaration
from openapi.raises import Errors
from runledger.adapters.auth import Unauthorized
from runledger.adapters.http import error_response
from runledger.adapters.problems import BadRequest, InvalidRequest
from runledger.domain.access import Scope
from runledger.domain.errors import Forbidden, Invalid, Locked, NotFound, OutOfTime, TooLarge

JSON = "application/json"


class RequestProblem(TypedDict):
    """A problem of a request. Its location begins with `body`, `path` or `query`."""

    type: str
    loc: Sequence[str | int]
    msg: str
    input: Any
    ctx: NotRequired[Mapping[str, Any]]


class RequestProblems(TypedDict):
    """The problems of a request that breaks its schema."""

    exception_message: str
    exception_detail: Sequence[RequestProblem]
    request_body: Any


class ErrorDetail(TypedDict):
    """The reason of an error."""

    detail: str


class ErrorMessage(TypedDict):
    """The reason of an error."""

    exception_message: str


ERROR_BODIES = {
    frozenset(body.__annotations__): body for body in (RequestProblems, ErrorDetail, ErrorMessage)
}
# Errors that are made of more than a text.
SAMPLES: Mapping[type[Exception], Exception] = {
    InvalidRequest: InvalidRequest([], None),
    Locked: Locked("", 1.0),
    OutOfTime: OutOfTime("", {}),
}
# template.yaml's GatewayResponses have the bodies.
THROTTLED = "Too many requests at once: worth another try."
UNAVAILABLE = "The service or its database is not available, or too slow: worth another try."


class Possible(NamedTuple):
    """A response that an endpoint may get, or API Gateway in its stead."""

    status: int
    reason: str
    media_type: str
    body: Any  # a type
    headers: Mapping[str, str] = {}


def possible_responses(endpoint: Declaration) -> Iterator[Possible]:
    """Yield the possible responses of an endpoint, several of a status among them."""
    for status in endpoint.statuses:
        has_body = status != HTTPStatus.NO_CONTENT
        media_type, body = _media_type(endpoint.answer) if has_body else ("", None)
        yield Possible(status, "", media_type, body)
    for errors in (endpoint.errors, _errors_of_its_kind(endpoint)):
        for error, reasons in errors.items():
            yield _to_error(error, " ".join(map(_sentence, reasons)))
    yield Possible(HTTPStatus.TOO_MANY_REQUESTS, THROTTLED, JSON, ErrorMessage)
    yield Possible(HTTPStatus.SERVICE_UNAVAILABLE, UNAVAILABLE, JSON, ErrorMessage)


def _media_type(answer: Any) -> tuple[str, Any]:  # noqa: ANN401 a type
    """Return the media type and the type of the body; a text is annotated with the former."""
    body, *annotated = get_args(answer) if get_origin(answer) is Annotated else (answer,)
    return (annotated[0], body) if annotated else (JSON, body)


def _errors_of_its_kind(endpoint: Declaration) -> Errors:
    """Return the errors of all endpoints with such parameters."""
    places = {parameter.place for parameter in endpoint.parameters}
    has_body = endpoint.body is not None
    is_checked = endpoint.parses_body or "query" in places
    causes: Mapping[type[Exception], tuple[bool, str]] = {
        BadRequest: (
            endpoint.checks_version or endpoint.parses_body,
            "The version of the API in the header, or the body, can't be read.",
        ),
        Forbidden: (
            endpoint.is_authenticated and endpoint.scope != Scope.READ,
            f"The key has not the scope that is needed: {endpoint.scope}.",
        ),
        Unauthorized: (endpoint.is_authenticated, "The credentials are missing or wrong."),
        NotFound: ("path" in places, "A variable of the path is not of its format."),
        InvalidRequest: (is_checked, "The request breaks its schema."),
        Invalid: (has_body, "A value is not allowed."),
        TooLarge: (
            has_body or endpoint.uses_table,
            "The request, the item to be stored or the answer is too large.",
        ),
        OutOfTime: (endpoint.uses_table, UNAVAILABLE),
    }
    return {error: [reason] for error, (occurs, reason) in causes.items() if occurs}


def _to_error(error: type[Exception], reason: str) -> Possible:
    response = error_response(SAMPLES.get(error) or error(""))
    body = ERROR_BODIES[frozenset(response.body or ())]
    return Possible(response.status, reason, JSON, body, response.headers)


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:]
