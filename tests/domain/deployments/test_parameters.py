from typing import Any

import pytest

from runledger.domain.deployments.hydration import hydrated
from runledger.domain.deployments.parameters import amended, check_parameters, without_required
from runledger.domain.errors import Invalid, Mismatch, Rejected

Json = dict[str, Any]

SCHEMA: Json = {
    "properties": {
        "count": {"type": "integer", "minimum": 1},
        "name": {"type": "string", "minLength": 2},
        "kind": {"enum": ["a", "b"]},
        "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "nested": {"$ref": "#/definitions/Nested"},
        "rows": {"type": "array", "items": {"type": "number"}},
    },
    "required": ["count"],
    "definitions": {"Nested": {"properties": {"deep er": {"type": "boolean"}}, "required": ["z"]}},
}

# fmt: off
BROKEN: list[tuple[Json, str]] = [
    ({}, ". Failure reason: 'count' is a required property"),
    ({"count": "x"}, " for field 'count'. Failure reason: 'x' is not of type 'integer'"),
    ({"count": True}, " for field 'count'. Failure reason: True is not of type 'integer'"),
    ({"count": 0}, " for field 'count'. Failure reason: 0 is less than the minimum of 1"),
    ({"count": 1, "name": "x"}, " for field 'name'. Failure reason: 'x' is too short"),
    ({"count": 1, "kind": 1}, " for field 'kind'. Failure reason: 1 is not one of ['a', 'b']"),
    ({"count": 1, "rows": [1, "x"]},
     " for field 'rows[1]'. Failure reason: 'x' is not of type 'number'"),
    ({"count": 1, "maybe": "x"},
     " for field 'maybe'. Failure reason: 'x' is not valid under any of the given schemas"),
    ({"count": 1, "nested": {"z": 1, "deep er": 5}},
     """ for field "nested['deep er']". Failure reason: 5 is not of type 'boolean'"""),
]
# fmt: on


@pytest.mark.parametrize(("parameters", "expected"), BROKEN)
def test_what_breaks_a_schema_is_told_in_the_references_words(
    parameters: Json, expected: str
) -> None:
    with pytest.raises(Mismatch) as mismatch:
        check_parameters(parameters, SCHEMA)
    assert str(mismatch.value) == f"Validation failed{expected}"


@pytest.mark.parametrize(
    "parameters",
    [{"count": 1.0}, {"count": 1, "maybe": None, "other": []}, {"count": 2, "rows": []}],
)
def test_what_keeps_to_a_schema_passes(parameters: Json) -> None:
    check_parameters(parameters, SCHEMA)


def test_what_is_required_may_follow_later() -> None:
    check_parameters({}, without_required(SCHEMA))


def test_what_may_be_left_out_may_be_null() -> None:
    check_parameters({"count": 1, "name": None}, amended(SCHEMA))


def test_the_schemas_of_a_list_are_those_of_its_first_items() -> None:
    schema = amended({"properties": {"a": {"items": [{"type": "integer"}]}, "b": True}})
    assert schema == {"properties": {"a": {"prefixItems": [{"type": "integer"}]}, "b": True}}


def test_of_reasons_that_weigh_the_same_none_is_told() -> None:
    schema = {"properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "string"}]}}}
    with pytest.raises(Mismatch, match="None is not valid under any of the given schemas"):
        check_parameters({"a": None}, schema)


def test_of_reasons_why_nothing_fits_the_innermost_is_told() -> None:
    inner = {"properties": {"b": {"type": "integer"}}, "type": "object"}
    with pytest.raises(Mismatch, match=r"field 'a\.b'.* 'x' is not of type 'integer'"):
        check_parameters({"a": {"b": "x"}}, {"properties": {"a": {"anyOf": [inner]}}})


@pytest.mark.parametrize("schema", [{"enum": 5}, {"properties": {"a": {"pattern": "("}}}])
def test_what_is_no_schema_is_a_mismatch(schema: Json) -> None:
    with pytest.raises(Mismatch, match="not a valid json schema"):
        check_parameters({"a": "x"}, schema)


def test_a_schema_that_never_ends_is_invalid() -> None:
    with pytest.raises(Invalid):
        check_parameters({}, {"$ref": "#"})


def test_objects_of_a_kind_are_told_however_deep() -> None:
    listed = [{"__prefect_kind": "json"}, {"__prefect_kind": "json", "value": "[1]"}]
    assert hydrated({"a": {"b": listed}}, "flow run") == {"a": {"b": [[1]]}}


def test_a_template_is_not_rendered() -> None:
    with pytest.raises(Rejected):
        hydrated({"a": {"__prefect_kind": "jinja", "template": "{{ 1 }}"}}, "flow run")
