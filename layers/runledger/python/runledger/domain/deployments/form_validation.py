"""Validation of a form's values by JSON Schema: every error, with its place.

Import this module where something is validated, as `json_schemas`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import Draft202012Validator, create
from referencing.exceptions import Unresolvable

from runledger.domain.deployments.form_values import CheckedTemplate
from runledger.domain.deployments.hydration import Unreadable
from runledger.domain.deployments.json_schemas import NO_OTHER_DOCUMENTS, UNREADABLE
from runledger.domain.deployments.parameters import CIRCULAR
from runledger.domain.errors import Invalid

# The keyword, of every schema, that values have been hydrated.
HYDRATED = "hydrated"


class Problem(NamedTuple):
    """An error in a place of the values."""

    path: tuple[str | int, ...]
    message: str


def problems_of(values: object, schema: dict[str, Any]) -> list[Problem]:
    """Return what is wrong with hydrated values.

    Raises:
        Invalid: the schema is not valid, or refers to itself without end.
    """
    try:
        FormValidator.check_schema(schema, format_checker=FORMATS)
        validator = FormValidator(schema, format_checker=FORMATS, registry=NO_OTHER_DOCUMENTS)
        return [_problem(error) for error in _worth_showing(validator.iter_errors(values))]
    except RecursionError:
        raise Invalid(CIRCULAR) from None
    except SchemaError as error:
        raise Invalid(f"Invalid schema: {error.message}") from error
    except Unresolvable as error:
        reason = f"Validation failed. Failure reason: {error}"
        raise Invalid(f"Invalid schema: {reason}") from error
    except UNREADABLE as error:
        raise Invalid(f"Invalid schema: {error}") from error


def _worth_showing(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Leave out what else is wrong in the place of an error of hydration, or of a template."""
    by_place: dict[tuple[str | int, ...], list[ValidationError]] = defaultdict(list)
    for error in errors:
        by_place[tuple(error.relative_path)].append(error)
    for found in by_place.values():
        unhydrated = [error for error in found if error.validator == HYDRATED]
        yield from (e for e in unhydrated or found if not isinstance(e.instance, CheckedTemplate))


def _problem(error: ValidationError) -> Problem:
    path = tuple(error.relative_path)
    if error.validator == "required":
        # The error is that of the missing property, not of the object without it.
        path = (*path, error.message.partition(" ")[0].strip("'"))
    return Problem(path, error.message)


def _check_hydrated(
    _validator: object, _keyword: object, instance: object, _schema: object
) -> Iterator[ValidationError]:
    if isinstance(instance, Unreadable):
        yield ValidationError(str(instance))


def _keywords(schema: Any) -> Any:  # noqa: ANN401 - the library's types are too narrow
    return {**schema, HYDRATED: True}.items()


FORMATS = Draft202012Validator.FORMAT_CHECKER

FormValidator: Any = create(
    meta_schema=Draft202012Validator.META_SCHEMA,
    validators={**Draft202012Validator.VALIDATORS, HYDRATED: _check_hydrated},
    type_checker=Draft202012Validator.TYPE_CHECKER,
    format_checker=FORMATS,
    applicable_validators=_keywords,
)
