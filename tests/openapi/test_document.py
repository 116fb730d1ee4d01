import inspect
import json
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from local.cloudformation.template import Route
from local.functions import Functions
from openapi.document import NO_OPERATIONS, document, operations
from openapi.names import NAMES
from openapi.spelling import spelled
from runledger.adapters.http import MAX_BYTES
from tests.support.databases import TEMPLATE
from tests.support.declared import DOCUMENT

FILE = TEMPLATE.code["read_openapi"].with_name("openapi.json")
METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}


def described() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }


def of(route: Route) -> dict[str, Any]:
    return described()[route.method, route.path]


each_route = pytest.mark.parametrize(
    "route", operations(TEMPLATE), ids=lambda route: route.operation
)


def test_the_file_is_what_the_routes_and_the_code_make() -> None:
    assert spelled(document(TEMPLATE)) == FILE.read_text("utf-8"), "`make openapi` renews it"


def test_each_route_is_described_and_nothing_else() -> None:
    routes = {(r.method, r.path): r.operation for r in TEMPLATE.routes}
    left_out = {route for route, operation in routes.items() if operation in NO_OPERATIONS}
    assert described().keys() == routes.keys() - left_out
    assert {
        route: one["operationId"] for route, one in described().items()
    }.items() <= routes.items()


def test_only_other_methods_and_handshakes_are_left_out() -> None:
    assert {"method_not_allowed", "redirect_websocket"} == NO_OPERATIONS
    assert not {"method_not_allowed", "redirect_websocket"} - {r.operation for r in TEMPLATE.routes}


def test_a_validator_reads_it() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


@each_route
def test_who_needs_no_credentials_is_said(route: Route) -> None:
    assert (of(route).get("security") == []) is route.is_open
    assert ("401" in of(route)["responses"]) is not route.is_open


@each_route
def test_the_variables_of_the_path_are_described(route: Route) -> None:
    named = [p["name"] for p in of(route)["parameters"] if p.get("in") == "path"]
    assert sorted(named) == sorted(
        part.strip("{}") for part in route.path.split("/") if part.startswith("{")
    )


@each_route
def test_the_summary_is_a_line_of_the_code(route: Route) -> None:
    handler = Functions(TEMPLATE).handler(route.operation)
    docstring = inspect.unwrap(handler).__globals__["__doc__"]
    assert of(route)["summary"].lower() in docstring.lower()


def test_operations_are_grouped_by_the_folders_of_their_functions() -> None:
    tags = {tag for one in described().values() for tag in one["tags"]}
    assert [tag["name"] for tag in DOCUMENT["tags"]] == sorted(tags)
    folders = {path.parts[-3].replace("_", " ") for path in TEMPLATE.code.values()}
    assert {tag.lower() for tag in tags} <= folders


def test_the_api_answers_the_file(api_on_dynoxide: httpx.Client) -> None:
    answer = api_on_dynoxide.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads(FILE.read_text("utf-8"))


def test_lambda_can_answer_it_however_it_is_escaped() -> None:
    assert len(json.dumps(FILE.read_text("utf-8"))) < MAX_BYTES / 4


def test_schemas_have_the_names_that_the_reference_gives_them() -> None:
    assert set(NAMES.values()) <= DOCUMENT["components"]["schemas"].keys()


def test_no_default_is_one_that_generators_of_clients_stumble_over() -> None:
    defaults = [
        field["default"]
        for schema in DOCUMENT["components"]["schemas"].values()
        for field in schema.get("properties", {}).values()
        if "default" in field
    ]
    assert {type(default) for default in defaults} == {bool, float, int, str}
