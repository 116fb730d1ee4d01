"""Schemas of parameters, beside what `test_recorded_parameters.py` holds against the reference."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from runledger.domain.deployments.parameters import (
    amended,
    check_parameters,
    check_sent_together,
    without_required,
)
from runledger.domain.errors import Invalid, Mismatch
from tests.support.servers import listening

Json = dict[str, Any]
Check = Callable[[Json, Json], None]

COUNTED: Json = {"properties": {"count": {"type": "integer"}}, "required": ["count"]}
NOT_COUNTED = "Validation failed for field 'count'. Failure reason: 'x' is not of type 'integer'"


class Documents(HTTPServer):
    """Serves a schema, and keeps the paths that are asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), DocumentRequest)
        self.requested: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class DocumentRequest(BaseHTTPRequestHandler):
    server: Documents

    def do_GET(self) -> None:
        self.server.requested.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")


@pytest.fixture
def documents() -> Iterator[Documents]:
    server = Documents()
    with listening(server):
        yield server


def check(parameters: Json, schema: Json) -> None:
    check_parameters(parameters, schema, complete=True)


def test_parameters_of_a_run_must_be_complete() -> None:
    with pytest.raises(Mismatch, match="'count' is a required property"):
        check({}, COUNTED)


def test_parameters_of_a_deployment_need_not_be_complete() -> None:
    check_parameters({}, COUNTED, complete=False)


@pytest.mark.parametrize("field", ["$ref", "$schema", "$id", "$dynamicRef"])
@pytest.mark.parametrize("ask", [check, check_sent_together])
def test_no_schema_makes_us_fetch_another_one(documents: Documents, ask: Check, field: str) -> None:
    elsewhere = f"{documents.url}/schema"
    inner = {field: elsewhere, "properties": {"b": {"$ref": "other"}}}
    for schema in (inner, {"properties": {"a": inner}}, {"allOf": [inner]}):
        with pytest.raises(Mismatch):
            ask({"a": {"b": 1}, "b": 1}, {**schema, "required": ["nope"], "minProperties": 3})
    assert documents.requested == []


@pytest.mark.parametrize("given", [{}, None])
def test_what_is_sent_without_parameters_is_a_schema_all_the_same(given: object) -> None:
    with pytest.raises(Mismatch, match="not a valid json schema"):
        check_sent_together(given, {"type": "nothing"})


@pytest.mark.parametrize("schema", [5, "$schema", {"$schema": 5}, {"$schema": "http://["}])
def test_what_is_no_schema_is_a_mismatch(schema: object) -> None:
    with pytest.raises(Mismatch, match="not a valid json schema"):
        check_sent_together({"a": 1}, schema)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (10**400, {"multipleOf": 0.1}),
        ("x", {"pattern": "x{99999999999}"}),
        ("x", {"$ref": "#/elsewhere", "elsewhere": 5}),
        ("x", {"$ref": "#/elsewhere", "elsewhere": {"type": "nothing"}}),
    ],
)
def test_what_the_library_does_not_foresee_is_a_mismatch(value: object, schema: Json) -> None:
    # Its root has what `$ref` leads to, where nobody checks that it is a schema.
    root = {"properties": {"a": schema}, **schema}
    with pytest.raises(Mismatch, match="not a valid json schema"):
        check({"a": value}, root)


def test_a_schema_that_can_not_be_read_is_a_mismatch() -> None:
    with pytest.raises(Mismatch, match="not a valid json schema"):
        check_sent_together(None, {"pattern": "x{99999999999}"})


def test_a_schema_that_never_ends_is_invalid() -> None:
    with pytest.raises(Invalid, match="circular references"):
        check({}, {"$ref": "#"})


def test_the_libraries_are_imported_where_they_are_needed() -> None:
    program = """
import sys
from runledger.domain.deployments.hydration import hydrated
from runledger.domain.deployments.parameters import check_parameters, check_sent_together
for schema in {}, {"type": "object", "properties": {}, "title": "Parameters"}:
    check_parameters({"a": 1}, schema, complete=True)
    check_sent_together({"a": 1}, schema)
template = {"__prefect_kind": "jinja", "template": "as it is"}
assert hydrated({"a": template}, "parameters", {}) == {"a": "as it is"}
assert not {"jsonschema", "jinja2"} & set(sys.modules)
check_parameters({"a": 1}, {"title": "Other"}, complete=True)
hydrated({"a": template | {"template": "{{ 1 }}"}}, "parameters", {})
assert {"jsonschema", "jinja2"} <= set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    "schema", [{}, {"title": "Parameters", "type": "object", "properties": {}, "definitions": {}}]
)
def test_a_schema_without_parameters_allows_others(schema: Json) -> None:
    check({"a": 1}, schema)
    check_sent_together({"a": 1}, schema)


def test_what_is_sent_in_the_place_of_parameters_is_checked() -> None:
    with pytest.raises(Mismatch, match="is not of type 'object'"):
        check_sent_together([], {"type": "object"})


def test_an_optional_parameter_may_be_null() -> None:
    check({"count": None}, {"properties": COUNTED["properties"]})
    with pytest.raises(Mismatch):
        check_sent_together({"count": None}, COUNTED)


def test_the_schemas_of_a_list_are_those_of_its_first_items() -> None:
    schema = amended({"properties": {"a": {"items": [{"type": "integer"}]}, "b": True}})
    assert schema == {"properties": {"a": {"prefixItems": [{"type": "integer"}]}, "b": True}}


def test_a_block_may_be_a_reference_to_its_document() -> None:
    block = {"title": "B", "block_type_slug": "b", "required": ["u"], "type": "object"}
    schema = {"properties": {"b": {"$ref": "#/definitions/B"}}, "definitions": {"B": block}}
    check({"b": {"$ref": "4b3a8a45-6f2c-4c6c-8a0c-1c5f3b1d8f11"}}, schema)
    check({"b": {"u": 1}}, schema)
    with pytest.raises(Mismatch, match="not valid under any of the given schemas"):
        check({"b": {}}, schema)


@pytest.mark.parametrize("title", [None, 5, []])
def test_a_block_without_a_title_is_its_fields(title: object) -> None:
    definitions = {"B": {"title": title, "block_type_slug": "b"}}
    assert amended({"definitions": definitions}) == {"definitions": definitions}


@pytest.mark.parametrize("definitions", [None, [], {}, {"A": True}, {"A": 5}])
def test_definitions_that_are_none_stay_as_they_are(definitions: object) -> None:
    assert amended({"definitions": definitions}) == {"definitions": definitions}


def test_what_is_required_in_an_alternative_stays_so() -> None:
    schema = {"required": ["a"], "properties": {"b": COUNTED}, "anyOf": [COUNTED]}
    assert without_required(schema) == {
        "properties": {"b": {"properties": COUNTED["properties"]}},
        "anyOf": [COUNTED],
    }
