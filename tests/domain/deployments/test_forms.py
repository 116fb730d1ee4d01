"""The values of a form, which may be unfinished: what they stand for, and what is wrong where."""

from typing import Any

import pytest

from runledger.domain.deployments.form_validation import problems_of
from runledger.domain.deployments.form_values import CheckedTemplate, hydrated_form
from runledger.domain.deployments.hydration import Unreadable
from runledger.domain.errors import Invalid
from runledger.domain.work_pools.job_templates import variables_schema

Json = dict[str, Any]
Problems = list[tuple[tuple[str | int, ...], str]]

NUMBER = {"type": "integer"}
SCHEMA: Json = {
    "properties": {
        "x": NUMBER,
        "l": {"type": "array", "items": NUMBER},
        "o": {"type": "object", "properties": {"y": NUMBER}, "required": ["y"]},
        "d": {"type": "string", "format": "ipv4"},
        "b": {"enum": [1, 2], **NUMBER},
    },
    "required": ["x"],
}
NOT_JSON = (
    "Invalid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
)
# An overflow in the library, not an error of the schema.
TOO_MANY_REPETITIONS = {"pattern": "a{99999999999999999999}"}


def stands_for(kind: object, **fields: Any) -> Json:
    return {"__prefect_kind": kind, **fields}


BROKEN = stands_for("json", value="{")
TEMPLATE = stands_for("jinja", template="{{ a }}")
UNNAMED = stands_for("workspace_variable")

# fmt: off
VALUES: list[tuple[object, object]] = [
    ("as it is",                                              "as it is"),
    ([1, UNNAMED, {"b": UNNAMED, "c": 2}],                    [1, {"c": 2}]),
    (stands_for("none", value={"b": [UNNAMED]}),              {"b": []}),
    (stands_for("json", value='{"b": [1]}'),                  {"b": [1]}),
    (stands_for("json", value=stands_for("none", value="2")), 2),
    (stands_for("workspace_variable", variable_name="known"), 5),
    (stands_for("workspace_variable", variable_name=stands_for("json", value='"known"')), 5),
    (stands_for("odd", value=3),                              3),
]
UNREADABLE: list[tuple[Json, str]] = [
    (BROKEN,                                          NOT_JSON),
    (stands_for("json", value=BROKEN),                NOT_JSON),
    (stands_for("none"),                              "Missing 'value' key in __prefect object"),
    (stands_for(["json"], value=1),                   "Invalid __prefect_kind: ['json']"),
    (stands_for("jinja"),                             "Missing 'template' key in __prefect object"),
    (stands_for("jinja", template=5),                 "Invalid jinja: a template is a text"),
    (stands_for("jinja", template="{{ a"),            "Invalid jinja: unexpected end of template,"),
    (stands_for("workspace_variable", variable_name="x"),
     "Variable 'x' not found in workspace."),
]
PROBLEMS: list[tuple[Json, Problems]] = [
    ({"x": 1, "l": [2], "o": {"y": 3}, "d": "127.0.0.1"}, []),
    ({},                           [(("x",), "'x' is a required property")]),
    ({"x": UNNAMED},               [(("x",), "'x' is a required property")]),
    ({"x": 1, "o": {}},            [(("o", "y"), "'y' is a required property")]),
    ({"x": 1, "l": [1, "a"]},      [(("l", 1), "'a' is not of type 'integer'")]),
    ({"x": 1, "d": "::1"},         [(("d",), "'::1' is not a 'ipv4'")]),
    ({"x": 1, "b": "a"},           [(("b",), "'a' is not one of [1, 2]"),
                                    (("b",), "'a' is not of type 'integer'")]),
]
# fmt: on


def wrong(values: Json, schema: Json = SCHEMA) -> Problems:
    return list(problems_of(hydrated_form(values, {"known": 5}), schema))


@pytest.mark.parametrize(("given", "expected"), VALUES)
def test_the_value_takes_the_place_of_the_object(given: object, expected: object) -> None:
    assert hydrated_form({"a": given}, {"known": 5}) == {"a": expected}


@pytest.mark.parametrize("empty", [UNNAMED, stands_for("json"), stands_for("json", value=UNNAMED)])
def test_an_object_that_is_not_filled_in_is_left_out(empty: Json) -> None:
    assert hydrated_form({"a": empty, "b": 1}, {}) == {"b": 1}
    assert hydrated_form(empty, {}) == {}


@pytest.mark.parametrize("given", [TEMPLATE, stands_for("json", value=TEMPLATE)])
def test_what_a_valid_template_makes_is_not_known_yet(given: Json) -> None:
    assert isinstance(hydrated_form({"a": given}, {})["a"], CheckedTemplate)


@pytest.mark.parametrize(("given", "reason"), UNREADABLE)
def test_an_error_stands_in_the_place_of_its_value_alone(given: Json, reason: str) -> None:
    hydrated = hydrated_form({"a": [given], "b": stands_for("json", value="1")}, {})
    (error,) = hydrated["a"]
    assert isinstance(error, Unreadable)
    assert str(error).startswith(reason)
    assert hydrated["b"] == 1


@pytest.mark.parametrize(("values", "problems"), PROBLEMS)
def test_each_problem_is_told_with_its_place(values: Json, problems: Problems) -> None:
    assert wrong(values) == problems


@pytest.mark.parametrize("place", ["x", "l", "o", "d", "b"])
def test_what_can_not_be_read_is_the_only_problem_of_its_place(place: str) -> None:
    assert wrong({"x": 1, place: BROKEN}) == [((place,), NOT_JSON)]


def test_a_template_fits_wherever_it_is() -> None:
    assert wrong({"x": TEMPLATE, "l": [TEMPLATE], "o": TEMPLATE, "b": TEMPLATE}) == []
    assert wrong(TEMPLATE, {"type": "array"}) == []


def test_a_template_does_not_hide_the_problems_of_other_places() -> None:
    assert wrong({"x": TEMPLATE, "l": [TEMPLATE, "a"]}) == [
        (("l", 1), "'a' is not of type 'integer'")
    ]


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": 5}, "5 is not valid under any of the given schemas"),
        ({"$ref": "#"}, "Unable to validate schema with circular references."),
        (
            {"$ref": "http://nowhere.invalid/x"},
            "Validation failed. Failure reason: Unresolvable: http://nowhere.invalid/x",
        ),
        (TOO_MANY_REPETITIONS, "the repetition number is too large"),
        ({"properties": {"x": {"$ref": "#/d"}}, "d": 5}, "argument of type 'int' is not"),
    ],
)
def test_an_invalid_schema_of_a_form_is_refused(schema: Json, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        wrong({"x": 1}, schema)
    assert str(refused.value).startswith(f"Invalid schema: {reason}")


def test_a_schema_of_variables_that_can_not_be_read_is_refused() -> None:
    with pytest.raises(Invalid, match=r"^Invalid schema\.$"):
        variables_schema({"variables": {"properties": {"image": TOO_MANY_REPETITIONS}}})
