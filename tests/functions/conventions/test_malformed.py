"""Whatever is sent to an endpoint: no answer is a 500, and a refusal tells what is wrong."""

import json
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.cloudformation.template import Route
from tests.functions.conventions.mutations import malformed, mutated
from tests.store.support.asking import made, new_flow, new_flow_run, new_task_run
from tests.support.databases import TEMPLATE, DynamoDB, Item, put, scan
from tests.support.sample_events import sample_event

ROUTES = [route for route in TEMPLATE.routes if route.operation != "method_not_allowed"]
WITH_BODY = {"POST", "PATCH", "PUT"}

HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(
            ["application/json", "application/x+json; charset=latin-1", "text/plain", "", "json"]
        ),
        "x-prefect-api-version": st.sampled_from(["0.8.4", "", "1", "0.7.9", "a.b.c", "1.2.²"]),
        "authorization": st.sampled_from(["", "Basic", "Basic é", "Bearer x"]),
        "runledger-explain": st.sampled_from(["true", "", "é"]),
    },
).map(lambda headers: {name: text.encode() for name, text in headers.items()})
ODD_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)

# DynamoDB counts bytes: 1,024 of a sort key, 2,048 of a partition key.
LETTERS = ["k", "-", "0", "#", "%", '"', "\\", "\x01", "é", "漢", "😀"]
LENGTHS = [250, 341, 510, 800, 899, 900, 901, 1017, 1024, 2049, 3000]
LONG_TEXTS = st.tuples(st.sampled_from(LETTERS), st.sampled_from(LENGTHS)).map(
    lambda drawn: drawn[0] * drawn[1]
)

QUERIES = st.dictionaries(ODD_TEXTS | st.just("client"), ODD_TEXTS, max_size=2)
QUERIED = ("client", "flow_run_id", "page-token", "since", "task_run_id")
AROUND = st.fixed_dictionaries({"headers": HEADERS, "params": QUERIES})
# Strategies are made once: hypothesis takes longer to check one than to draw from it.
HEADERS_OR_NONE: st.SearchStrategy[dict[str, bytes]] = st.just({}) | HEADERS
LONG_QUERIES = st.dictionaries(st.sampled_from(QUERIED), LONG_TEXTS, max_size=1)
NUMBERS = st.sampled_from(range(3))  # of the ids that are there
LONG_TEXTS_OR_NUMBERS = LONG_TEXTS | NUMBERS

# Each of many endpoints gets some of the profile's examples.
FEW = max(1, settings().max_examples // 3)
FEWER = max(1, FEW // 2)


@cache
def valid_body(route: Route) -> Any:  # noqa: ANN401 - any JSON
    event = sample_event(route.operation)
    return json.loads(event["body"] or "null")


# The items of a flow, a flow run and a task run, and their ids, once they were made.
MADE: list[tuple[list[Item], list[str]]] = []


@pytest.fixture
def ids(api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB) -> list[str]:
    """The ids of a flow, a flow run and a task run that are there: made once, then put back."""
    if not MADE:
        flow = made(api_on_dynoxide, new_flow())
        flow_run = made(api_on_dynoxide, new_flow_run(flow["id"]))
        task_run = made(api_on_dynoxide, new_task_run())
        MADE.append(([*scan(on_dynoxide)], [flow["id"], flow_run["id"], task_run["id"]]))
    items, found = MADE[0]
    put(on_dynoxide, items)
    return found


def test_the_ids_are_there(api_on_dynoxide: httpx.Client, ids: list[str]) -> None:
    for kind, found in zip(("flows", "flow_runs", "task_runs"), ids, strict=True):
        assert api_on_dynoxide.get(f"/{kind}/{found}").is_success


@cache
def malformed_bodies(route: Route) -> st.SearchStrategy[bytes]:
    return malformed(valid_body(route))


@cache
def bodies_of_long_texts(route: Route) -> st.SearchStrategy[Any]:
    return mutated(valid_body(route), LONG_TEXTS | st.lists(LONG_TEXTS, max_size=2))


def path(route: Route, variable: str) -> str:
    parts = route.path.split("/")
    return "/".join(quote(variable, safe="") if "{" in part else part for part in parts)


def assert_answered(answer: httpx.Response) -> None:
    assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        status_and_body = answer.json()
        problems = status_and_body.get("exception_detail", [])
        shapes = {"exception_message", "exception_detail", "request_body"}, {"detail"}
        assert status_and_body.keys() in shapes
        assert all({"type", "loc", "msg", "input"} <= problem.keys() for problem in problems)


def sent(
    api: httpx.Client,
    route: Route,
    variable: str,
    **given: Any,
) -> httpx.Response:
    return api.request(route.method, path(route, variable), **given)


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.method in WITH_BODY], ids=lambda it: it.operation
)
@given(data=st.data())
@settings(max_examples=FEW, suppress_health_check=list(HealthCheck))
def test_a_malformed_body_is_no_500(
    api_on_dynoxide: httpx.Client, ids: list[str], route: Route, data: st.DataObject
) -> None:
    body = data.draw(malformed_bodies(route))
    variable = ids[data.draw(NUMBERS)]
    headers = data.draw(HEADERS_OR_NONE)
    assert_answered(sent(api_on_dynoxide, route, variable, content=body, headers=headers))


@given(route=st.sampled_from(TEMPLATE.routes), variable=ODD_TEXTS, around=AROUND)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_malformed_path_or_header_is_no_500(
    api_on_dynoxide: httpx.Client, route: Route, variable: str, around: dict[str, Any]
) -> None:
    assert_answered(sent(api_on_dynoxide, route, variable, content=b"{}", **around))


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if "{" in route.path],
    ids=lambda it: f"{it.method} {it.path}",
)
@given(data=st.data())
@settings(max_examples=FEWER, suppress_health_check=list(HealthCheck))
def test_a_long_variable_of_the_path_is_no_500(
    api_on_dynoxide: httpx.Client, ids: list[str], route: Route, data: st.DataObject
) -> None:
    drawn = [
        data.draw(LONG_TEXTS_OR_NUMBERS) if "{" in part else part for part in route.path.split("/")
    ]
    parts = (ids[part] if isinstance(part, int) else part for part in drawn)
    asked = "/".join(quote(part, safe="") for part in parts)
    queried = data.draw(LONG_QUERIES)
    body = json.dumps(valid_body(route)) if route.method in WITH_BODY else None
    assert_answered(api_on_dynoxide.request(route.method, asked, content=body, params=queried))


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.method in WITH_BODY], ids=lambda it: it.operation
)
@given(data=st.data())
@settings(max_examples=FEWER, suppress_health_check=list(HealthCheck))
def test_a_long_text_in_a_body_is_no_500(
    api_on_dynoxide: httpx.Client, ids: list[str], route: Route, data: st.DataObject
) -> None:
    body = data.draw(bodies_of_long_texts(route))
    variable = ids[data.draw(NUMBERS)]
    assert_answered(sent(api_on_dynoxide, route, variable, json=body))
