"""Validation of parameters by the schema of their deployment."""

import heapq
import re
from collections.abc import Iterable, Mapping
from typing import Any

from runledger.domain.deployments.json_schemas import Path, Problem, problems
from runledger.domain.errors import Invalid, Mismatch

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
CIRCULAR = "Invalid schema: Unable to validate schema with circular references."
NO_SCHEMA = "The provided schema is not a valid json schema."


def check_parameters(parameters: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Check parameters by a schema.

    Raises:
        Mismatch: they break it, or it is not a schema.
        Invalid: it has circular references.
    """
    try:
        worst = _best_match(problems(parameters, schema, schema))
    except RecursionError:
        raise Invalid(CIRCULAR) from None
    except (AttributeError, TypeError, ValueError, ZeroDivisionError, re.error) as error:
        # The schema is the client's: any of its keywords may have any value.
        raise Mismatch(NO_SCHEMA) from error
    if worst:
        field = f" for field {_path(worst.path)!r}" if worst.path else ""
        raise Mismatch(f"Validation failed{field}. Failure reason: {worst.message}")


def amended(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Amend schemas of old clients: an optional parameter may also be null."""
    definitions = {
        name: _with_properties(definition)
        for name, definition in (schema.get("definitions") or {}).items()
    }
    mended = _with_properties(schema)
    return {**mended, "definitions": definitions} if definitions else mended


def _with_properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    needed = schema.get("required") or ()
    given = schema.get("properties")
    if not isinstance(given, dict):
        return {**schema}
    mended = {name: _property(inner, required=name in needed) for name, inner in given.items()}
    return {**schema, "properties": mended}


def _property(schema: Any, *, required: bool) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(schema, dict):
        return schema
    mended = _with_properties(schema)
    if not required and mended.get("type", "null") != "null" and "default" not in mended:
        mended["anyOf"] = [{"type": mended.pop("type")}, {"type": "null"}]
    if isinstance(mended.get("items"), list) and not mended.get("prefixItems"):
        mended["prefixItems"] = mended.pop("items")
    return mended


def without_required(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Drop every `required`: missing parameters may follow."""
    if isinstance(schema, dict):
        return {name: without_required(part) for name, part in schema.items() if name != "required"}
    if isinstance(schema, list):
        return [without_required(part) for part in schema]
    return schema


def _best_match(found: Iterable[Problem]) -> Problem | None:
    """Return the problem to report: the outermost, or the innermost reason why no branch fits."""
    best = max(found, key=_weight, default=None)
    while best and best.branches:
        least, *others = heapq.nsmallest(2, best.branches, key=_weight)
        if others and _weight(others[0]) == _weight(least):
            return best
        best = least._replace(path=(*best.path, *least.path))
    return best


def _weight(problem: Problem) -> tuple[object, ...]:
    path = [(isinstance(part, str), part) for part in problem.path]
    return -len(path), path, problem.keyword not in {"anyOf", "oneOf"}, not problem.fits_type


def _path(path: Path) -> str:
    return "".join(
        f"[{part}]"
        if isinstance(part, int)
        else f".{part}"
        if NAME.fullmatch(part)
        else f"['{part}']"
        for part in path
    ).removeprefix(".")
