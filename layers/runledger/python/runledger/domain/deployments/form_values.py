"""Hydration of the values of a form, which may be unfinished.

Unlike the parameters of a run, a value that can't be hydrated does not fail the others: its error
stands in its place, for the validation to find. Templates are checked, and not rendered.
"""

from collections.abc import Mapping
from typing import Any

from runledger.domain.deployments import hydration
from runledger.domain.deployments.hydration import (
    KIND,
    NOTHING,
    VARIABLE,
    Unreadable,
    Variables,
    hydrated_inside,
)


class CheckedTemplate:
    """The place of a valid template: what it makes is known when a run begins."""


# The key of a placeholder under which its content is.
CONTENTS = {
    "none": "value",
    "json": "value",
    "jinja": "template",
    VARIABLE: "variable_name",
}


def hydrated_form(values: Mapping[str, Any], variables: Variables) -> Any:  # noqa: ANN401
    """Replace each placeholder by its value, its error or, of a template, its place."""
    hydrated = _hydrate(values, variables)
    return {} if hydrated is NOTHING else hydrated


def _hydrate(value: object, variables: Variables) -> Any:  # noqa: ANN401
    if isinstance(value, dict) and KIND in value:
        try:
            return _hydrate_placeholder(value, variables)
        except Unreadable as error:
            return error
    return hydrated_inside(value, lambda inner: _hydrate(inner, variables))


def _hydrate_placeholder(given: Mapping[str, Any], variables: Variables) -> Any:  # noqa: ANN401
    kind = given[KIND]
    key = CONTENTS.get(kind) if isinstance(kind, str) else None
    if key is None or key not in given:
        return hydration.hydrated_placeholder(given, variables)
    content = given[key]
    if isinstance(content, dict) or kind == "none":
        content = _hydrate(content, variables)
    if kind == "none" or content is NOTHING or isinstance(content, Unreadable | CheckedTemplate):
        return content
    if kind == "jinja" and isinstance(content, str):
        return _checked(content)
    return hydration.hydrated_placeholder({**given, key: content}, variables)


def _checked(template: str) -> CheckedTemplate:
    from runledger.domain.deployments import templates  # noqa: PLC0415 - its docstring says why

    try:
        templates.check(template)
    except templates.TemplateError as error:
        raise Unreadable(f"Invalid jinja: {error}") from error
    return CheckedTemplate()
