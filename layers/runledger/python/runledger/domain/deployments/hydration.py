"""Objects that stand for other values, and those values in their place."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from runledger.domain.errors import Rejected

KIND = "__prefect_kind"
# What stands for an object that was not filled in yet: it is left out of what is around it.
NOTHING = object()


class Unreadable(ValueError):  # noqa: N818 - a value is
    """A value stands for another one that can't be told."""


def hydrated(parameters: Mapping[str, Any], of: str) -> dict[str, Any]:
    """Put in place of each object that stands for another value that value.

    Raises:
        Rejected: one can't be told.
    """
    try:
        hydrated_value = _tell(parameters)
    except Unreadable as error:
        raise Rejected(f"Error hydrating {of}: {error}") from error
    return hydrated_value if isinstance(hydrated_value, dict) else {}


def _tell(value: object) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict) and KIND in value:
        tell = KINDS.get(value[KIND])
        return tell(value) if tell else value.get("value")
    if isinstance(value, dict):
        hydrated_value = {name: _tell(one) for name, one in value.items()}
        return {name: one for name, one in hydrated_value.items() if one is not NOTHING}
    if isinstance(value, list):
        return [one for one in map(_tell, value) if one is not NOTHING]
    return value


def _none(given: Mapping[str, Any]) -> Any:  # noqa: ANN401
    if "value" not in given:
        raise Unreadable("Missing 'value' key in __prefect object")
    return _tell(given["value"])


def _json(given: Mapping[str, Any]) -> Any:  # noqa: ANN401
    text = _inner(given, "value")
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise Unreadable(f"Invalid JSON: {error}") from error


def _variable(given: Mapping[str, Any]) -> Any:  # noqa: ANN401
    name = _inner(given, "variable_name")
    if name is NOTHING:
        return NOTHING
    raise Unreadable(f"Variable '{name}' not found in workspace.")


def _template(given: Mapping[str, Any]) -> Any:  # noqa: ANN401
    text = _inner(given, "template")
    if text is NOTHING:
        raise Unreadable("Missing 'template' key in __prefect object")
    if isinstance(text, str) and "{" not in text:
        return text
    raise Unreadable("Invalid jinja: templates are not rendered here")


def _inner(given: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
    inner = given.get(name, NOTHING)
    return _tell(inner) if isinstance(inner, dict) else inner


KINDS: Mapping[object, Callable[[Mapping[str, Any]], Any]] = {
    "none": _none,
    "json": _json,
    "jinja": _template,
    "workspace_variable": _variable,
}
