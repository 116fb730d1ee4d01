"""Filter patterns of event source mappings: the subset that the template uses."""

from collections.abc import Callable, Mapping
from typing import Any

ABSENT = object()


class UnknownPattern(Exception):  # noqa: N818 found when the template is read
    """A filter pattern beyond the supported subset."""


def check(pattern: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the pattern if `matches` supports it, or raise UnknownPattern."""
    for wanted in pattern.values():
        if isinstance(wanted, dict):
            check(wanted)
        elif not isinstance(wanted, list) or not all(_is_known(rule) for rule in wanted):
            raise UnknownPattern(wanted)
    return pattern


def matches(pattern: Mapping[str, Any], record: Any) -> bool:  # noqa: ANN401 JSON
    """Whether each member of the record meets one alternative of the pattern's member."""
    return all(_meets(wanted, _member(record, name)) for name, wanted in pattern.items())


def _meets(wanted: Any, found: Any) -> bool:  # noqa: ANN401 JSON
    if isinstance(wanted, dict):
        return matches(wanted, found)
    return any(_allows(rule, found) for rule in wanted)


def _member(record: Any, name: str) -> Any:  # noqa: ANN401 JSON
    return record.get(name, ABSENT) if isinstance(record, dict) else ABSENT


def _allows(rule: Any, found: Any) -> bool:  # noqa: ANN401 JSON
    if isinstance(rule, dict):
        ((name, argument),) = rule.items()
        return OPERATORS[name](argument, found)
    return type(rule) is type(found) and bool(rule == found)


def _is_known(rule: Any) -> bool:  # noqa: ANN401 JSON
    return not isinstance(rule, dict | list) or (
        isinstance(rule, dict) and len(rule) == 1 and rule.keys() <= OPERATORS.keys()
    )


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "anything-but": lambda unwanted, found: (
        found is not ABSENT
        and found not in (unwanted if isinstance(unwanted, list) else [unwanted])
    ),
    # For leaves only, as in Lambda: {"S": [{"exists": true}]}, not {"attribute": [...]}.
    "exists": lambda wanted, found: (found is not ABSENT and not isinstance(found, dict)) is wanted,
    "prefix": lambda prefix, found: isinstance(found, str) and found.startswith(prefix),
    "suffix": lambda suffix, found: isinstance(found, str) and found.endswith(suffix),
}
