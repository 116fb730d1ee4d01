"""Spells the document, a line for each operation and schema, so that diffs can be read."""

import json
from typing import Any

# Documents nest an operation below `paths` and its path, a schema below `components.schemas`.
DEPTH = 3


def spelled(document: dict[str, Any]) -> str:
    """Return the document as JSON."""
    return _spelled(document, DEPTH) + "\n"


def _spelled(value: Any, depth: int) -> str:  # noqa: ANN401 any JSON
    """Return JSON with a line for each value that is nested so deep."""
    if depth == 0 or not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    members = (f"{json.dumps(key)}:{_spelled(inner, depth - 1)}" for key, inner in value.items())
    return "{\n" + ",\n".join(members) + "\n}"
