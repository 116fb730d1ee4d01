"""POST /ui/schemas/validate: what is wrong with the values of a form, and where."""

from typing import Any

import httpx
import pytest

KIND = "__prefect_kind"
SCHEMA = {
    "properties": {
        "x": {"type": "integer"},
        "l": {"type": "array", "items": {"type": "integer"}},
        "o": {"type": "object", "properties": {"y": {"type": "string"}}, "required": ["y"]},
    },
    "required": ["x"],
}
NOT_JSON = (
    "Invalid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
)


def ask(api: httpx.Client, values: object, schema: object = SCHEMA) -> httpx.Response:
    return api.post("/ui/schemas/validate", json={"schema": schema, "values": values})


def at(name: str, *errors: Any) -> dict[str, Any]:
    return {"property": name, "errors": list(errors)}


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"x": 1}, []),
        ({}, [at("x", "'x' is a required property")]),
        (
            {"x": 1, "l": [1, "b"], "o": {}},
            [
                at("l", {"index": 1, "errors": ["'b' is not of type 'integer'"]}),
                at("o", at("y", "'y' is a required property")),
            ],
        ),
        ({"x": {KIND: "json", "value": "5"}}, []),
        ({"x": {KIND: "json", "value": "{"}}, [at("x", NOT_JSON)]),
        # A template's value is not known yet, and fits.
        ({"x": {KIND: "jinja", "template": "{{ y }}"}}, []),
        ({"x": {KIND: "json"}}, [at("x", "'x' is a required property")]),
        (
            {"x": 1, "o": {KIND: "none", "value": {"y": {KIND: "none"}}}},
            [at("o", at("y", "Missing 'value' key in __prefect object"))],
        ),
    ],
)
def test_each_error_is_in_its_place(
    api_on_dynoxide: httpx.Client, values: object, errors: list[object]
) -> None:
    found = ask(api_on_dynoxide, values).raise_for_status().json()
    assert found == {"errors": errors, "valid": not errors}


def test_a_broken_template_is_an_error(api_on_dynoxide: httpx.Client) -> None:
    found = ask(api_on_dynoxide, {"x": {KIND: "jinja", "template": "{{ x"}}).json()
    (error,) = found["errors"][0]["errors"]
    assert error.startswith("Invalid jinja: ")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": 5}, "5 is not valid under any of the given schemas"),
        ({"$ref": "#"}, "Unable to validate schema with circular references."),
        ({"$schema": 5, "$id": 5}, "5 is not of type 'string'"),
    ],
)
def test_an_invalid_schema_is_refused(
    api_on_dynoxide: httpx.Client, schema: object, reason: str
) -> None:
    refused = ask(api_on_dynoxide, {"x": 1}, schema)
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert refused.json() == {"detail": f"Invalid schema: {reason}"}
