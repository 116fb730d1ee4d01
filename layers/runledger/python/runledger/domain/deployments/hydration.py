"""Hydration: replaces `__prefect_kind` placeholders by their values."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic_core import from_json, to_json

from runledger.domain.errors import Rejected

KIND = "__prefect_kind"
# The value of a placeholder without content: the object or list around it omits it.
NOTHING = object()
# Levels of nesting that documents may have more of, around parameters.
MAX_LEVELS_AROUND = 50
VARIABLE = "workspace_variable"
# In the place of a variable's name that has to be hydrated itself; no variable is named so.
ANY_NAME = "*"

Variables = Mapping[str, Any]
"""Values of variables, by name."""


class Unreadable(ValueError):  # noqa: N818 - a value is
    """A placeholder can't be hydrated."""


def named_variables(value: object) -> Iterator[str]:
    """Yield the names of the variables that placeholders may refer to."""
    if isinstance(value, dict):
        if value.get(KIND) == VARIABLE:
            name = value.get("variable_name")
            yield name if isinstance(name, str) else ANY_NAME
        for inner in value.values():
            yield from named_variables(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from named_variables(inner)


def hydrated(parameters: Mapping[str, Any], of: str, variables: Variables) -> dict[str, Any]:
    """Replace each placeholder by its value; `of` names the parameters in errors.

    `variables` has the values of those that `named_variables` names, as far as they exist.

    Raises:
        Rejected: one can't be hydrated.
    """
    try:
        hydrated_value = _hydrate(parameters, variables)
        if hydrated_value != parameters:
            _check_storable(hydrated_value)
    except Unreadable as error:
        raise Rejected(f"Error hydrating {of}: {error}") from error
    return hydrated_value if isinstance(hydrated_value, dict) else {}


def hydrated_placeholder(given: Mapping[str, Any], variables: Variables) -> Any:  # noqa: ANN401
    """Return the value of one placeholder, or `NOTHING`.

    Raises:
        Unreadable: it can't be hydrated.
    """
    return _hydrate(given, variables)


def _check_storable(value: object) -> None:
    """Check values that were texts so far for what requests are checked for as they come in."""
    around = MAX_LEVELS_AROUND
    try:
        from_json(b"[" * around + to_json(value, inf_nan_mode="null") + b"]" * around)
    except ValueError as error:
        raise Unreadable(f"the values can't be written as JSON: {error}") from error


def _hydrate(value: object, variables: Variables) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict) and KIND in value:
        if isinstance(value[KIND], dict | list):
            raise Unreadable(f"Invalid {KIND}: {value[KIND]}")
        hydrate = KINDS.get(value[KIND])
        return hydrate(value, variables) if hydrate else value.get("value")
    return hydrated_inside(value, lambda inner: _hydrate(inner, variables))


def hydrated_inside(value: object, hydrate: Callable[[object], Any]) -> Any:  # noqa: ANN401
    """Return a value whose parts are hydrated, without those of which nothing stays."""
    if isinstance(value, dict):
        parts = {name: hydrate(inner) for name, inner in value.items()}
        return {name: inner for name, inner in parts.items() if inner is not NOTHING}
    if isinstance(value, list):
        return [inner for each in value if (inner := hydrate(each)) is not NOTHING]
    return value


def _none(given: Mapping[str, Any], variables: Variables) -> Any:  # noqa: ANN401
    if "value" not in given:
        raise Unreadable("Missing 'value' key in __prefect object")
    return _hydrate(given["value"], variables)


def _json(given: Mapping[str, Any], variables: Variables) -> Any:  # noqa: ANN401
    text = _inner(given, "value", variables)
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"Invalid JSON: {error}") from error


def _variable(given: Mapping[str, Any], variables: Variables) -> Any:  # noqa: ANN401
    name = _inner(given, "variable_name", variables)
    if name is NOTHING:
        return NOTHING
    if isinstance(name, str) and name in variables:
        return variables[name]
    raise Unreadable(f"Variable '{name}' not found in workspace.")


def _template(given: Mapping[str, Any], variables: Variables) -> Any:  # noqa: ANN401
    if "template" not in given:
        raise Unreadable("Missing 'template' key in __prefect object")
    text = _inner(given, "template", variables)
    if isinstance(text, str):
        return _rendered(text) if "{" in text else text
    if text is NOTHING or isinstance(text, dict | list):
        return text
    raise Unreadable("Invalid jinja: a template is a text")


def _rendered(template: str) -> str:
    from runledger.domain.deployments import templates  # noqa: PLC0415 - its docstring says why

    try:
        return templates.render(template)
    except templates.TemplateError as error:
        raise Unreadable(f"Invalid jinja: {error}") from error


def _inner(given: Mapping[str, Any], name: str, variables: Variables) -> Any:  # noqa: ANN401
    inner = given.get(name, NOTHING)
    return _hydrate(inner, variables) if isinstance(inner, dict) else inner


KINDS: Mapping[object, Callable[[Mapping[str, Any], Variables], Any]] = {
    "none": _none,
    "json": _json,
    "jinja": _template,
    VARIABLE: _variable,
}
