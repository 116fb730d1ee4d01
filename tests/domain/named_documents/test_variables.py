"""Rules of variables, and the pages of documents."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from runledger.domain.deployments.hydration import named_variables
from runledger.domain.named_documents.nouns import page_of
from runledger.domain.named_documents.variables import (
    VARIABLES,
    Variable,
    VariableFilter,
    VariableName,
    VariableSort,
    VariableValue,
)
from runledger.domain.sorting import Page

THEN = datetime(2026, 1, 1, tzinfo=UTC)


def variable(number: int, name: str, **fields: Any) -> Variable:
    at = THEN + timedelta(seconds=number)
    return Variable(id=UUID(int=number), created=at, updated=at, name=name, **fields)


SOME = [variable(2, "b", tags=["t"]), variable(1, "a"), variable(3, "c")]


@pytest.mark.parametrize("name", ["", "a-b_1", "a\n", "a" * 255])
def test_a_name_of_small_letters_digits_and_dashes_is_one(name: str) -> None:
    assert TypeAdapter[str](VariableName).validate_python(name) == name


@pytest.mark.parametrize("name", ["A", "a b", "é", "a.b", "a" * 256])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](VariableName).validate_python(name)


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, [{"a": 2**64}], "x" * 4_999])
def test_a_value_that_the_reference_can_not_store_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[Any](VariableValue).validate_python(value)


@pytest.mark.parametrize("value", [{"a": [1, 1.5, None, True]}, "x" * 4_998])
def test_any_other_json_is_a_value(value: object) -> None:
    assert TypeAdapter[Any](VariableValue).validate_python(value) == value


def test_a_page_has_what_matches_in_its_order() -> None:
    untagged = VariableFilter.model_validate({"tags": {"is_null_": True}}).test
    page = Page(VariableSort.CREATED_DESC.order, offset=1, limit=1)
    assert [one.name for one in page_of(SOME, untagged, page)] == ["a"]


def test_the_name_is_unique_and_an_error_tells_it() -> None:
    assert VARIABLES.unique(SOME[0]) == ("b",)
    assert VARIABLES.taken(SOME[0]) == "A variable with the name 'b' already exists."


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"a": 1, "b": [{"c": "workspace_variable"}]}, []),
        ({"a": {"__prefect_kind": "workspace_variable", "variable_name": "x"}}, ["x"]),
        ([{"__prefect_kind": "workspace_variable"}], ["*"]),
        (
            {
                "__prefect_kind": "workspace_variable",
                "variable_name": {"__prefect_kind": "workspace_variable", "variable_name": "x"},
            },
            ["*", "x"],
        ),
    ],
)
def test_the_variables_that_parameters_name_are_known(
    given: Mapping[str, Any], names: list[str]
) -> None:
    assert list(named_variables(given)) == names
