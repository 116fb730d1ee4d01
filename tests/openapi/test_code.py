"""Facts read from the code of an endpoint: the samples are endpoints that nobody calls."""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import pytest

from openapi.endpoints import RequestParameter, declaration_of
from openapi.raises import documented
from openapi.responses import possible_responses
from runledger.adapters.http import Handler, Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.observed_states import ReadObservedStates
from runledger.api.task_runs import TaskRunCreate
from runledger.domain.errors import Conflict, Invalid, Locked, NotFound
from runledger.domain.events.event_counts import Countable
from runledger.service.concurrency import slots

STORE: Any = None


@endpoint
def reads_by_id(request: Request) -> Response[int]:
    return Response(request.id().int)


@endpoint
def creates(request: Request) -> Response[dict[str, int]]:
    body, new = request.body(TaskRunCreate), bool(request.now)
    return Response({body.task_key: 1}, HTTPStatus.CREATED if new else HTTPStatus.OK)


@endpoint
def searches(request: Request) -> Response[list[int]]:
    request.parameters(TaskRunCreate)
    request.query_parameters(ReadObservedStates)
    return Response([])


@endpoint
def asks_for_everything(request: Request) -> Response[None]:
    request.path_value("countable", Countable)
    request.path_text("name")
    request.query("page-token")
    request.query_id("run_id")
    request.query_time("since")
    return Response(status=HTTPStatus.NO_CONTENT)


@partial(endpoint, authenticated=False, versioned=False)
def is_open(_: Request) -> Response[Annotated[str, "text/csv"]]:
    return Response(text="a,b")


@partial(endpoint, versioned=False)
def checks_the_version_itself(request: Request) -> Response[None]:
    request.check_version()
    raise Invalid("always")


@endpoint
def takes_slots(request: Request) -> Response[None]:
    slots.take(STORE, slots.SlotRequest([], 1), now=request.now)
    return Response()


@endpoint
def looks_into_the_event(request: Request) -> Response[Any]:
    return Response(request.event["path"])


def statuses(handler: Handler) -> set[int]:
    return {response.status for response in possible_responses(declaration_of(handler))}


def test_parameters_are_what_is_asked_for_by_name() -> None:
    assert declaration_of(asks_for_everything).parameters == [
        RequestParameter("countable", "path", Countable),
        RequestParameter("name", "path", str),
        RequestParameter("page-token", "query", str),
        RequestParameter("run_id", "query", UUID),
        RequestParameter("since", "query", datetime, required=False),
    ]
    assert declaration_of(reads_by_id).parameters == [RequestParameter("id", "path", UUID)]


def test_parameters_of_a_model_are_its_fields() -> None:
    found = declaration_of(searches).parameters
    assert [(p.name, p.place, p.required) for p in found] == [
        ("query", "query", False),
        ("order_by", "query", False),
        ("limit", "query", False),
    ]
    assert [p.default for p in found][2] == 200


@pytest.mark.parametrize(("handler", "needed"), [(creates, True), (searches, False)])
def test_a_body_is_the_model_that_validates_it(handler: Handler, *, needed: bool) -> None:
    declared = declaration_of(handler)
    assert (declared.body, declared.needs_body) == (TaskRunCreate, needed)


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (reads_by_id, [200]),
        (creates, [200, 201]),
        (asks_for_everything, [204]),
        (checks_the_version_itself, []),
    ],
)
def test_statuses_are_those_that_are_named(handler: Handler, expected: list[int]) -> None:
    assert declaration_of(handler).statuses == expected


def test_an_answer_is_the_annotation_with_its_media_type() -> None:
    assert declaration_of(creates).answer == dict[str, int]
    first = next(iter(possible_responses(declaration_of(is_open))))
    assert (first.status, first.media_type, first.body) == (200, "text/csv", str)


def test_errors_are_those_that_called_functions_document_or_that_are_raised() -> None:
    assert declaration_of(takes_slots).errors.keys() == {Invalid, Locked}
    assert declaration_of(checks_the_version_itself).errors.keys() == {Invalid}
    assert statuses(takes_slots) >= {422, 423}


def test_options_of_the_endpoint_decide_of_credentials_and_versions() -> None:
    assert statuses(is_open) == {200, 429, 503}
    assert statuses(checks_the_version_itself) == {400, 401, 422, 429, 503}
    assert {400, 401} <= statuses(reads_by_id)


def test_what_can_be_waited_for_says_so_in_a_header() -> None:
    found = possible_responses(declaration_of(takes_slots))
    assert {"Retry-After"} in [
        set(response.headers) for response in found if response.status == 423
    ]


def test_a_use_of_the_request_that_can_not_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\['event'\] of a request"):
        declaration_of(looks_into_the_event)


DOCSTRING = """Do it.

Raises:
    NotFound: there is none: at least
        not here.
    Conflict, Locked: it is taken.

Nothing: else.
"""


def test_documented_errors_have_reasons() -> None:
    assert [*documented(DOCSTRING)] == [
        (NotFound, "there is none: at least not here."),
        (Conflict, "it is taken."),
        (Locked, "it is taken."),
    ]
    assert [*documented("Do it.")] == []


def test_a_documented_error_must_be_one_of_ours() -> None:
    with pytest.raises(ValueError, match="KeyError"):
        [*documented(DOCSTRING.replace("NotFound", "KeyError"))]
