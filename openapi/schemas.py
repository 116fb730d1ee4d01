"""JSON schemas of the types in requests and answers, and the components that they refer to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from openapi.names import NAMES

REFERENCE = "#/components/schemas/"
PAGE = re.compile(r"Paginated_(\w+?)(?:Response)?_")
# References from docstrings to our documentation.
CITATION = re.compile(r"\s*\(docs/[^)]*\)|\s*See docs/\S+ [\d., ]+")

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]


class SchemaType(NamedTuple):
    """A type, and whether requests (validation) or answers (serialization) have it."""

    mode: Mode
    value_type: Any


class Generator(GenerateJsonSchema):
    """Makes schemas whose fields have no titles: these repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401
        del schema
        return False

    def timedelta_schema(self, schema: Any) -> Schema:  # noqa: ANN401
        """Return that requests may have a duration, or seconds as answers have them."""
        if self.mode == "serialization":
            return super().timedelta_schema(schema)
        limit = int(timedelta.max.total_seconds())
        seconds = {"type": "number", "minimum": -limit, "maximum": limit}
        return {"anyOf": [seconds, {"type": "string", "format": "duration"}]}

    def ser_schema(self, schema: Any) -> Schema | None:  # noqa: ANN401
        """Return no schema for a function that serializes: ours spell the fields of their class."""
        if schema["type"] == "function-plain":
            return None
        found: Schema | None = super().ser_schema(schema)
        return found


class Schemas:
    """The schemas of some types.

    Raises:
        ValueError: two classes have the same name.
    """

    def __init__(self, types: Iterable[SchemaType]) -> None:
        adapters = [(t, t.mode, TypeAdapter(t.value_type)) for t in dict.fromkeys(types)]
        schemas, definitions = TypeAdapter.json_schemas(
            adapters, ref_template=f"{REFERENCE}{{model}}", schema_generator=Generator
        )
        components: dict[str, Schema] = definitions.get("$defs", {})
        names = _names(components)
        self._of: dict[SchemaType, Schema] = {
            found: _renamed(schema, names) for (found, _), schema in schemas.items()
        }
        self.components: dict[str, Schema] = {
            names[name]: _renamed(components[name], names) for name in sorted(components)
        }
        requests = [schema for found, schema in self._of.items() if found.mode == "validation"]
        for name in self.components.keys() - self._reached(requests):
            _require_all(self.components[name])
        for name, schema in self.components.items():
            schema["title"] = name
            _drop_defaults(schema)

    def of(self, mode: Mode, value_type: Any) -> Schema:  # noqa: ANN401
        """Return the schema of a type, which refers to `components`."""
        return self._of[SchemaType(mode, value_type)]

    def requires_fields(self, schema: Schema) -> bool:
        """Return whether some field of an object is required."""
        (name,) = _references(schema)
        return bool(self.components[name].get("required"))

    def _reached(self, schemas: Iterable[Schema]) -> set[str]:
        """Return the names of the components that schemas refer to, also by other components."""
        reached: set[str] = set()
        found = {name for schema in schemas for name in _references(schema)}
        while found:
            reached |= found
            found = {n for name in found for n in _references(self.components[name])} - reached
        return reached


def _names(components: Iterable[str]) -> Mapping[str, str]:
    """Return the name of each component in the document."""
    names = {name: _name(name) for name in components}
    if len(set(names.values())) < len(names):
        raise ValueError(f"two of these have the same name: {sorted(names.values())}")
    if unknown := NAMES.keys() - {name for found in names for name in (found, _class(found))}:
        raise ValueError(f"these are no schemas: {sorted(unknown)}")
    return names


def _name(component: str) -> str:
    if component in NAMES:
        return NAMES[component]
    own = _class(component)
    suffix = component.removeprefix(own)
    return (NAMES.get(own) or PAGE.sub(r"\1PaginationResponse", own)) + suffix


def _class(component: str) -> str:
    return component.removesuffix("-Input").removesuffix("-Output")


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 any JSON
    if isinstance(schema, list):
        return [_renamed(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {key: _renamed(part, names) for key, part in schema.items()}
    if isinstance(reference := schema.get("$ref"), str):
        renamed["$ref"] = REFERENCE + names[reference.removeprefix(REFERENCE)]
    if isinstance(description := schema.get("description"), str):
        renamed["description"] = CITATION.sub("", description)
    return renamed


def _references(schema: Any) -> Iterator[str]:  # noqa: ANN401 any JSON
    if isinstance(schema, dict):
        if isinstance(reference := schema.get("$ref"), str):
            yield reference.removeprefix(REFERENCE)
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _references(part)


def _drop_defaults(schema: Schema) -> None:
    """Drop defaults that are null, objects or arrays.

    They say little more than that the field is optional, and generators of clients leave out
    schemas with an object as the default of a union.
    """
    for field in schema.get("properties", {}).values():
        if isinstance(field.get("default"), dict | list | None):
            field.pop("default", None)


def _require_all(schema: Schema) -> None:
    """Require the fields that have defaults: an answer has them all."""
    if "properties" in schema:
        defaults = [name for name, field in schema["properties"].items() if "default" in field]
        schema["required"] = [
            name
            for name in schema["properties"]
            if name in defaults or name in schema.get("required", ())
        ]
