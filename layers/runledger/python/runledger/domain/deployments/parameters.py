"""Validation of parameters by the schema of their deployment (docs/contract/neighbours.md 5)."""

from collections.abc import Iterator, Mapping
from typing import Any

CIRCULAR = "Invalid schema: Unable to validate schema with circular references."
NO_SCHEMA = "The provided schema is not a valid json schema."

# The schema of a flow without parameters, as clients send it: it allows everything.
NO_PARAMETERS = {
    "title": "Parameters",
    "type": "object",
    "properties": {},
    "required": [],
    "definitions": {},
}

# What a reference to a block document may look like, in the place of the block's fields.
BLOCK_REFERENCE = {
    "type": "object",
    "properties": {
        "$ref": {
            "oneOf": [
                {"type": "string", "format": "uuid"},
                {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "minProperties": 1,
                },
            ]
        }
    },
    "required": ["$ref"],
}


def check_parameters(
    parameters: Mapping[str, Any], schema: Mapping[str, Any], *, complete: bool
) -> None:
    """Check the parameters of a run, or those of a deployment, which need not be complete.

    Raises:
        Mismatch: they break the schema, or that is not a schema.
        Invalid: the schema refers to itself without end.
    """
    if _allows_everything(schema):
        return
    from runledger.domain.deployments import json_schemas  # noqa: PLC0415 - its docstring says why

    known = amended(schema)
    json_schemas.check_by_latest_draft(parameters, known if complete else without_required(known))


def check_sent_together(parameters: object, schema: object) -> None:
    """Check what a request sends for a new deployment; the parameters need not be complete.

    The schema is taken as it is: it may be of the draft that its `$schema` names.

    Raises:
        Mismatch: the parameters break the schema, or that is not a schema.
        Invalid: the schema refers to itself without end.
    """
    if _allows_everything(schema) and isinstance(parameters, dict | None):
        return
    from runledger.domain.deployments import json_schemas  # noqa: PLC0415

    if parameters is not None:
        json_schemas.check_by_named_draft(parameters, without_required(schema))
    fault = json_schemas.schema_fault(schema)
    if fault is not None:
        raise json_schemas.no_schema(fault)


def _allows_everything(schema: object) -> bool:
    """Return whether a schema is plainly that of a flow without parameters."""
    return isinstance(schema, dict) and schema.items() <= NO_PARAMETERS.items()


def amended(schema: Mapping[str, Any], *, null_for_default: bool = False) -> dict[str, Any]:
    """Amend schemas of old clients.

    An optional parameter may also be null (one with a default only if `null_for_default`), the
    `items` of a tuple are its `prefixItems`, and a block may be a reference to its document.
    """
    mended = _with_properties(schema, null_for_default=null_for_default)
    definitions = schema.get("definitions")
    if isinstance(definitions, dict):
        mended["definitions"] = dict(_definitions(definitions, null_for_default=null_for_default))
    return mended


def _definitions(
    definitions: Mapping[str, Any], *, null_for_default: bool
) -> Iterator[tuple[str, Any]]:
    mended = {
        name: _definition(inner, null_for_default=null_for_default)
        for name, inner in definitions.items()
    }
    yield from mended.items()
    for name, inner in definitions.items():
        if not isinstance(inner, dict) or "block_type_slug" not in inner:
            continue
        if isinstance(inner.get("title"), str):
            yield inner["title"], {"oneOf": [mended[name], BLOCK_REFERENCE]}


def _definition(schema: Any, *, null_for_default: bool) -> Any:  # noqa: ANN401 - any JSON
    return (
        _with_properties(schema, null_for_default=null_for_default)
        if isinstance(schema, dict)
        else schema
    )


def _with_properties(schema: Mapping[str, Any], *, null_for_default: bool) -> dict[str, Any]:
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return {**schema}
    required = schema.get("required", ())
    needed = required if isinstance(required, list) else ()
    mended = {
        name: _property(inner, null_for_default=null_for_default, required=name in needed)
        for name, inner in properties.items()
    }
    return {**schema, "properties": mended}


def _property(schema: Any, *, null_for_default: bool, required: bool) -> Any:  # noqa: ANN401
    if not isinstance(schema, dict):
        return schema
    mended = _with_properties(schema, null_for_default=null_for_default)
    is_nullable = not required and (null_for_default or "default" not in mended)
    if is_nullable and mended.get("type", "null") != "null":
        mended["anyOf"] = [{"type": mended.pop("type")}, {"type": "null"}]
    items = mended.get("items")
    if items and isinstance(items, list) and not mended.get("prefixItems"):
        mended["prefixItems"] = mended.pop("items")
    return mended


def without_required(schema: Any) -> Any:  # noqa: ANN401
    """Drop every `required` but those inside of lists, such as `anyOf`."""
    if isinstance(schema, dict):
        return {name: without_required(part) for name, part in schema.items() if name != "required"}
    return schema
