"""Objects that stand for other values."""

import json
from typing import Any

import pytest

from runledger.domain.deployments.hydration import hydrated
from runledger.domain.errors import Rejected


def stands_for(kind: str, **fields: Any) -> dict[str, Any]:
    return {"__prefect_kind": kind, **fields}


# fmt: off
VALUES: list[tuple[Any, Any]] = [
    (stands_for("none", value={"b": 1}),                 {"b": 1}),
    (stands_for("none", value=stands_for("json", value="1")), 1),
    (stands_for("json", value='{"b": [1]}'),             {"b": [1]}),
    (stands_for("json", value=5),                        5),
    (stands_for("json", value=stands_for("none", value="2")), 2),
    (stands_for("jinja", template="plain"),              "plain"),
    (stands_for("jinja", template="{{ 1 + 1 }}"),        "2"),
    (stands_for("json", value=stands_for("jinja", template="[{{ 1 }}]")), [1]),
    (stands_for("json", value="[" * 149 + "]" * 149),    json.loads("[" * 149 + "]" * 149)),
    (stands_for("unknown", value=3),                     3),
    (stands_for("unknown"),                              None),
    (stands_for("workspace_variable", variable_name="known"), {"b": [1]}),
    ([1, stands_for("workspace_variable"), 2],           [1, 2]),
]
BROKEN: list[tuple[Any, str]] = [
    (stands_for("none"),                                 "Missing 'value' key in __prefect object"),
    (stands_for("json", value="{"),                      "Invalid JSON: "),
    (stands_for("workspace_variable", variable_name="x"),
     "Variable 'x' not found in workspace."),
    (stands_for("jinja"),                                "Missing 'template' key in __prefect"),
    (stands_for("jinja", template="{{ x | nope }}"),     "Invalid jinja: "),
    (stands_for("jinja", template=5),                    "Invalid jinja: a template is a text"),
    (stands_for("json", value="[" * 100_000),            "Invalid JSON: "),
    (stands_for("json", value="1" * 5_000),              "Invalid JSON: "),
    (stands_for("json", value=r'"\ud800"'),              "the values can't be written as JSON: "),
    (stands_for("json", value="[" * 152 + "]" * 152),    "the values can't be written as JSON: "),
]
# fmt: on


@pytest.mark.parametrize(("given", "expected"), VALUES)
def test_the_value_takes_the_place_of_the_object(given: object, expected: object) -> None:
    known = {"known": {"b": [1]}}
    assert hydrated({"a": given}, "flow run", known) == {"a": expected}


def test_objects_stand_for_values_however_deep() -> None:
    listed = [stands_for("json"), stands_for("json", value="[1]")]
    assert hydrated({"a": {"b": listed}}, "flow run", {}) == {"a": {"b": [[1]]}}


@pytest.mark.parametrize("kind", ["json", "workspace_variable"])
def test_an_object_that_is_not_filled_in_is_left_out(kind: str) -> None:
    assert hydrated({"a": stands_for(kind), "b": 1}, "flow run", {}) == {"b": 1}


def test_parameters_that_stand_for_no_object_are_none() -> None:
    assert hydrated(stands_for("none", value=[1]), "flow run", {}) == {}


@pytest.mark.parametrize(("given", "expected"), BROKEN)
def test_a_value_that_can_not_be_told_is_rejected(given: object, expected: str) -> None:
    with pytest.raises(Rejected) as rejected:
        hydrated({"a": given}, "flow run", {})
    assert str(rejected.value).startswith(f"Error hydrating flow run: {expected}")
