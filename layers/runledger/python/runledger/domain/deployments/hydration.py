"""Hydration: replaces `__prefect_kind` placeholders by their values."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import from_json, to_json

from runledger.domain.errors import Rejected

KIND = "__prefect_kind"
# The value of a placeholder without content: the object or list around it omits it.
NOTHING = object()
# Levels of nesting that documents may have more of, around parameters.
MAX_LEVELS_AROUND = 50


class Unreadable(ValueError):  # noqa: N818 - a value is
    """A placeholder can't be hydrated."""


def hydrated(parameters: Mapping[str, Any], of: str) -> dict[str, Any]:
    """Replace each placeholder by its value; `of` names the parameters in errors.

    Raises:
        Rejected: one can't be hydrated.
    """
    try:
        hydrated_value = _hydrate(parameters)
        if hydrated_value != parameters:
            _check_storable(hydrated_value)
    except Unreadable as error:
        raise Rejected(f"Error hydrating {of}: {error}") from error
    return hydrated_value if isinstance(hydrated_value, dict) else {}


def _check_storable(value: object) -> None:
    """Check values that were texts so far for what requests are checked for as they come in."""
    around = MAX_LEVELS_AROUND
    try:
        from_json(b"[" * around + to_json(value, inf_nan_mode="null") + b"]" * around)
    except ValueError as error:
        raise Unreadable(f"the values can't be written as JSON: {error}") from error


def _hydrate(value: object) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict) and KIND in value:
        if isinstance(value[KIND], dict | list):
            raise Unreadable(f"Invalid {KIND}: {value[KIND]}")
        hydrate = KINDS.get(value[KIND])
        return hydrate(value) if hydrate else value.get("value")
    if isinstance(value, dict):
        hydrated_value = {name: _hydrate(inner) for name, inner in value.items()}
        return {name: inner for name, inner in hydrated_value.items() if inner is not NOTHING}
    if isinstance(value, list):
        return [inner for inner in map(_hydrate, value) if inner is not NOTHING]
    return value


def _none(given: Mapping[str, Any]) -> Any:  # noqa: ANN401
    if "value" not in given:
        raise Unreadable("Missing 'value' key in __prefect object")
    return _hydrate(given["value"])


def _json(given: Mapping[str, Any]) -> Any:  # noqa: ANN401
    text = _inner(given, "value")
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"Invalid JSON: {error}") from error


def _variable(given: Mapping[str, Any]) -> Any:  # noqa: ANN401
    name = _inner(given, "variable_name")
    if name is NOTHING:
        return NOTHING
    raise Unreadable(f"Variable '{name}' not found in workspace.")


def _template(given: Mapping[str, Any]) -> Any:  # noqa: ANN401
    if "template" not in given:
        raise Unreadable("Missing 'template' key in __prefect object")
    text = _inner(given, "template")
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


def _inner(given: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
    inner = given.get(name, NOTHING)
    return _hydrate(inner) if isinstance(inner, dict) else inner


KINDS: Mapping[object, Callable[[Mapping[str, Any]], Any]] = {
    "none": _none,
    "json": _json,
    "jinja": _template,
    "workspace_variable": _variable,
}
