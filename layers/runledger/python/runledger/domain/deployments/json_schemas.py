"""Validation by JSON Schema, with the library and the drafts that the reference uses.

The library's import takes 80 ms of a processor. Import this module where something is validated,
so that other requests do without it.
"""

import re
from typing import Any

from jsonschema.exceptions import SchemaError, UnknownType, ValidationError
from jsonschema.validators import Draft202012Validator, validate, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from runledger.domain.deployments.parameters import CIRCULAR, NO_SCHEMA
from runledger.domain.errors import Invalid, Mismatch

# A `$ref` leads into the schema itself or to a draft of JSON Schema: given a registry, the library
# fetches no other document.
NO_OTHER_DOCUMENTS: Registry[Any] = Registry()

# What the library raises for some schemas: `"$schema": 5`, a `$ref` to what is no schema, a pattern
# with too many repetitions, a number of 400 digits that is divided by a fraction.
UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError, UnknownType),
    re.error,
)


def check_by_latest_draft(value: object, schema: Any) -> None:  # noqa: ANN401 - any JSON
    """Check a value by a schema of draft 2020-12.

    Raises:
        Mismatch: the value breaks the schema, or that is not a schema.
        Invalid: the schema refers to itself without end.
    """
    _check(value, schema, Draft202012Validator)


def check_by_named_draft(value: object, schema: Any) -> None:  # noqa: ANN401
    """Check a value by a schema of the draft that its `$schema` names, by default 2020-12.

    Raises:
        Mismatch: the value breaks the schema, or that is not a schema.
        Invalid: the schema refers to itself without end.
    """
    try:
        draft = validator_for(schema, default=Draft202012Validator)
    except UNREADABLE as error:
        raise no_schema("") from error
    _check(value, schema, draft)


def schema_fault(schema: Any) -> str | None:  # noqa: ANN401
    """Return why a value is no schema of draft 2020-12: the library's words, if it has any."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return error.message
    except UNREADABLE:
        return ""
    return None


def no_schema(fault: str) -> Mismatch:
    """Return the refusal of what is no schema."""
    return Mismatch(f"{NO_SCHEMA} Schema error: {fault}" if fault else NO_SCHEMA)


def _check(value: object, schema: Any, draft: type[Any]) -> None:  # noqa: ANN401
    try:
        validate(value, schema, draft, registry=NO_OTHER_DOCUMENTS)
    except RecursionError:
        raise Invalid(CIRCULAR) from None
    except Unresolvable as error:
        raise Mismatch(f"Validation failed. Failure reason: {error}") from error
    except ValidationError as error:
        raise _broken(error) from error
    except SchemaError as error:
        raise no_schema(error.message) from error
    except UNREADABLE as error:
        raise no_schema("") from error


def _broken(error: ValidationError) -> Mismatch:
    path = error.json_path
    field = "" if path == "$" else f" for field {path.replace('$.', '')!r}"
    return Mismatch(f"Validation failed{field}. Failure reason: {error.message}")
