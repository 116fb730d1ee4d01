"""Variables: values that programs and parameters name (docs/contract/documents.md 2)."""

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import to_json

from runledger.domain.filters.criterion import ObjectFilter
from runledger.domain.filters.fields import Id, Name, Tags
from runledger.domain.named_documents.nouns import NamedDocument, Noun, by_name
from runledger.domain.sorting import Sort

MAX_NAME, MAX_VALUE = 255, 5_000

# The reference's JSON has whole numbers of 64 bits, with or without a sign.
MIN_NUMBER, MAX_NUMBER = -(2**63), 2**64 - 1

# As in the reference, an empty name is one, and a name may end in a newline.
NAME = re.compile(r"^[a-z0-9_-]*$")


def _checked_name(name: str) -> str:
    if not NAME.match(name):
        raise ValueError(
            "Variable name must only contain lowercase letters, numbers, and dashes or underscores."
        )
    return name


def _checked_value(value: object) -> object:
    if not _has_small_numbers(value):
        raise ValueError("Variable value must be serializable to JSON")
    if len(to_json(value)) > MAX_VALUE:
        raise ValueError(f"Variable value must be less than {MAX_VALUE} characters")
    return value


def _has_small_numbers(value: object) -> bool:
    if isinstance(value, int):
        return MIN_NUMBER <= value <= MAX_NUMBER
    return all(map(_has_small_numbers, _inside(value)))


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


VariableName = Annotated[str, AfterValidator(_checked_name), Field(max_length=MAX_NAME)]
VariableValue = Annotated[Any, BeforeValidator(_checked_value)]


class Variable(NamedDocument):
    """A variable; its fields are in the order of the wire."""

    name: str
    value: Any = None
    tags: list[str] = []


class VariableSort(Sort):
    """The orders of variables, listed as in the reference's errors."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_DESC = "NAME_DESC"
    NAME_ASC = "NAME_ASC"


class VariableFilter(ObjectFilter):
    id: Id | None = None
    name: Name | None = None
    tags: Tags | None = None


VARIABLES = Noun(
    "VARIABLE",
    Variable,
    unique=by_name,
    not_found="Variable not found.",
    taken=lambda variable: f"A variable with the name {variable.name!r} already exists.",
    required=frozenset({"name", "tags"}),
)
