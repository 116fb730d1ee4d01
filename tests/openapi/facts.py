"""Facts by which OpenAPI documents are compared: parameters, fields of bodies and of schemas."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]
Facts = dict[str, Any]

RENAMED = {
    "/artifacts/{id}": "/artifacts/{id_or_key}",
    "/artifacts/{key}": "/artifacts/{id_or_key}",
    "/work_pools/{name}": "/work_pools/{work_pool_name}",
}
VARIABLE = re.compile(r"{(\w+)}")

RECORDED = Path(__file__).with_name("reference.json")


def facts(document: Json) -> Facts:
    """Return the facts of a document: `operations` by method and path, and `schemas` by name."""
    return {
        "operations": {
            f"{method.upper()} {_path(path)}": _operation(document, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        },
        "schemas": {
            name: fields(document, schema)
            for name, schema in document["components"]["schemas"].items()
            if "properties" in schema
        },
    }


def _path(path: str) -> str:
    """Return a path as API Gateway wants it: with one name for a variable of the same place."""
    spelled = path.rstrip("/")
    for theirs, ours in RENAMED.items():
        if spelled.startswith(theirs):
            return ours + spelled.removeprefix(theirs)
    return spelled


def recorded() -> Facts:
    found: Facts = json.loads(RECORDED.read_text("utf-8"))
    return found


def fields(document: Json, schema: Json) -> dict[str, bool]:
    """Return the fields of an object, and whether each is required; of an array, its items'."""
    found = _resolved(document, schema)
    if found.get("type") == "array":
        return fields(document, found["items"])
    required = found.get("required", ())
    return {name: name in required for name in sorted(found.get("properties", {}))}


def _operation(document: Json, path: str, operation: Json) -> Facts:
    names = dict(zip(VARIABLE.findall(path), VARIABLE.findall(_path(path)), strict=True))
    parameters = [_resolved(document, parameter) for parameter in operation.get("parameters", ())]
    body = operation.get("requestBody")
    return {
        "group": operation.get("tags", ["none"])[0],
        "parameters": sorted(
            [p["in"], names.get(p["name"], p["name"]), p["required"]] for p in parameters
        ),
        "body": body and fields(document, body["content"]["application/json"]["schema"]),
        "needs_body": bool(body and body.get("required")),
        "answers": _answers(operation),
    }


def _answers(operation: Json) -> list[str]:
    """Return the statuses of success."""
    return sorted(status for status in operation["responses"] if status.startswith("2"))


def _resolved(document: Json, part: Json) -> Json:
    if "$ref" not in part:
        return part
    found = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found
