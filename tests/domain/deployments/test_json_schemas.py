"""Each keyword of JSON Schema, as far as parameters are described with it."""

from typing import Any

import pytest

from runledger.domain.deployments.json_schemas import Schema, problems

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
NESTED = {"$defs": {"a/b": TEXT}, "$ref": "#/$defs/a~1b"}

# fmt: off
BROKEN: list[tuple[Any, Any, str]] = [
    (1,            False,                        "False schema does not allow 1"),
    (1,            {"type": ["string", "null"]}, "1 is not of type 'string', 'null'"),
    (1,            {"const": True},              "True was expected"),
    (1,            NESTED,                       "1 is not of type 'string'"),
    ({"a": 1},     {"additionalProperties": False},
     "Additional properties are not allowed ('a' was unexpected)"),
    ({"b": 1, "a": 1, "c": 1}, {"additionalProperties": False, "properties": {"c": True}},
     "Additional properties are not allowed ('a', 'b' were unexpected)"),
    ({"a": 1},     {"additionalProperties": TEXT}, "1 is not of type 'string'"),
    ({},           {"required": ["a"]},          "'a' is a required property"),
    ({},           {"minProperties": 1},         "{} should be non-empty"),
    ({"a": 1},     {"minProperties": 2},         "{'a': 1} does not have enough properties"),
    ({"a": 1},     {"maxProperties": 0},         "{'a': 1} is expected to be empty"),
    ([1, 2],       {"maxItems": 1},              "[1, 2] is too long"),
    ([1, "x"],     {"prefixItems": [TEXT], "items": TEXT}, "1 is not of type 'string'"),
    (["x", 2],     {"prefixItems": [TEXT], "items": TEXT}, "2 is not of type 'string'"),
    ([1, 2, 1],    {"uniqueItems": True},        "[1, 2, 1] has non-unique elements"),
    ("b",          {"pattern": "^a"},            "'b' does not match '^a'"),
    (1,            {"allOf": [NUMBER, TEXT]},    "1 is not of type 'string'"),
    (1,            {"anyOf": [TEXT, {"type": "null"}]},
     "1 is not valid under any of the given schemas"),
    (1,            {"oneOf": [TEXT]},            "1 is not valid under any of the given schemas"),
    (1,            {"oneOf": [NUMBER, {"type": "integer"}]},
     "1 is valid under each of {'type': 'integer'}, {'type': 'number'}"),
    (1,            {"not": NUMBER},              "1 should not be valid under {'type': 'number'}"),
    (3,            {"multipleOf": 2},            "3 is not a multiple of 2"),
    (3,            {"maximum": 2},               "3 is greater than the maximum of 2"),
    (2,            {"exclusiveMinimum": 2},
     "2 is less than or equal to the minimum of 2"),
    (2,            {"exclusiveMaximum": 2},
     "2 is greater than or equal to the maximum of 2"),
]
KEPT: list[tuple[Any, Any]] = [
    (1,            True),
    (1.0,          {"type": "integer"}),
    (True,         {"const": True}),
    ("x",          NESTED),
    ({"a": "x"},   {"additionalProperties": TEXT}),
    ({"a": 1},     {"additionalProperties": False, "properties": {"a": NUMBER}}),
    ({"a": 1},     {"minProperties": 1, "maxProperties": 1}),
    ({},           {"properties": {"a": TEXT}}),
    ([1, True],    {"uniqueItems": True}),
    ([1, 1],       {"uniqueItems": False}),
    ([],           {"uniqueItems": True}),
    (["x"],        {"prefixItems": [TEXT, NUMBER]}),
    ("ab",         {"pattern": "b"}),
    (1,            {"allOf": [NUMBER]}),
    (1,            {"oneOf": [TEXT, NUMBER]}),
    (1,            {"not": TEXT}),
    (4,            {"multipleOf": 2}),
    ("x",          {"minimum": 5, "if": False}),
]
# fmt: on


@pytest.mark.parametrize(("value", "schema", "expected"), BROKEN)
def test_what_breaks_a_schema_is_one_problem(value: object, schema: Schema, expected: str) -> None:
    (found,) = problems(value, schema, schema if isinstance(schema, dict) else {})
    assert found.message == expected


@pytest.mark.parametrize(("value", "schema"), KEPT)
def test_what_keeps_to_a_schema_is_none(value: object, schema: Schema) -> None:
    assert list(problems(value, schema, schema if isinstance(schema, dict) else {})) == []


def test_a_problem_names_its_place() -> None:
    schema = {"properties": {"a": {"prefixItems": [{"properties": {"b": TEXT}}]}}}
    (found,) = problems({"a": [{"b": 1}]}, schema, schema)
    assert found.path == ("a", 0, "b")
