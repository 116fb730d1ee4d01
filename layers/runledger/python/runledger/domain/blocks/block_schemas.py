"""Schemas of blocks: their checksums, and the schemas that they refer to.

A schema is stored without the schemas of the blocks inside, which are schemas of their own, and
returned with them (docs/contract/blocks.md 2).
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.blocks.block_types import BlockType
from runledger.domain.errors import Invalid
from runledger.domain.named_documents.nouns import NamedDocument, Noun
from runledger.domain.values import Value

NO_VERSION = "non-versioned"

Fields = dict[str, Any]
REFERENCES, DEFINITIONS = "block_schema_references", "definitions"
# The fields that a checksum ignores, at any depth of objects.
UNCHECKED = "secret_fields"
POINTER = "#/definitions/"


class SchemaReference(Value):
    """A schema of a block inside, under the name of its field."""

    name: str
    schema_id: UUID


class StoredBlockSchema(NamedDocument):
    """A schema as it is stored: the references are apart from the fields."""

    checksum: str
    fields: Fields
    block_type_id: UUID
    capabilities: tuple[str, ...] = ()
    version: str = NO_VERSION
    references: tuple[SchemaReference, ...] = ()

    @property
    def block_capabilities(self) -> tuple[str, ...]:
        """The capabilities, as the filter names them."""
        return self.capabilities


class BlockSchema(NamedDocument):
    """A schema with all that it refers to; its fields are in the order of the wire."""

    checksum: str
    fields: Fields
    block_type_id: UUID
    block_type: BlockType
    capabilities: tuple[str, ...]
    version: str


BLOCK_SCHEMAS = Noun(
    "BLOCK_SCHEMA",
    StoredBlockSchema,
    unique=lambda schema: (schema.checksum, schema.version),
    not_found="Block schema not found",
    taken=lambda schema: f"There is a schema {schema.checksum} of version {schema.version}.",
)


class ReferenceRequest(NamedTuple):
    """A new schema's reference to the schema of a block inside."""

    name: str
    block_type_slug: str
    checksum: str


def checksum_of(fields: Mapping[str, Any]) -> str:
    """Return the checksum by which clients find a schema."""
    checked: Fields = _without_key(fields, UNCHECKED)
    if checked.get(DEFINITIONS):
        plain = plain_definitions(checked, checked[DEFINITIONS])
        checked = {key: value for key, value in checked.items() if key != DEFINITIONS}
        checked |= {DEFINITIONS: plain} if plain else {}
    text = json.dumps(([checked], {}), sort_keys=True)
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _without_key(value: Any, unwanted: str) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, Mapping):
        return value
    return {key: _without_key(inner, unwanted) for key, inner in value.items() if key != unwanted}


def plain_definitions(part: object, definitions: object) -> Fields:
    """Return the definitions that a part of a schema refers to and that are no blocks.

    They are in the order in which they are met, each followed by those that it refers to.
    """
    known = definitions if isinstance(definitions, dict) else {}
    found: Fields = {}
    pending = list(_pointers(part))[::-1]
    while pending:
        key = pending.pop().replace(POINTER, "")
        definition = known.get(key)
        is_block = isinstance(definition, dict) and definition.get("block_type_slug") is not None
        if definition and key not in found and not is_block:
            found[key] = definition
            pending.extend(list(_pointers(definition))[::-1])
    return found


def _pointers(part: object) -> Iterator[str]:
    """Yield the texts of all `$ref` at any depth."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from _pointers(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _pointers(inner)


def stored_fields(fields: Mapping[str, Any]) -> Fields:
    """Return the fields that are stored: without references, and without definitions of blocks."""
    kept = {key: value for key, value in fields.items() if key != REFERENCES}
    plain = plain_definitions(fields, kept[DEFINITIONS]) if kept.get(DEFINITIONS) else None
    if plain:
        kept[DEFINITIONS] = plain
    elif plain is not None:
        del kept[DEFINITIONS]
    return kept


def fields_as_sent(fields: Mapping[str, Any]) -> Fields:
    """Return the fields with which the creation of a schema is answered."""
    sent = {**stored_fields(fields), REFERENCES: fields.get(REFERENCES) or {}}
    definitions = fields.get(DEFINITIONS)
    return sent if definitions is None else sent | {DEFINITIONS: definitions}


def requested_references(fields: Mapping[str, Any]) -> Iterator[ReferenceRequest]:
    """Yield what the fields of a new schema refer to; a field may have one schema or several.

    Raises:
        Invalid: a reference lacks its checksum or its type's slug.
    """
    references = fields.get(REFERENCES) or {}
    if not isinstance(references, dict):
        raise Invalid(f"{REFERENCES} is no object")
    for name, given in references.items():
        for reference in given if isinstance(given, list) else [given]:
            yield _reference(name, reference)


def _reference(name: str, given: object) -> ReferenceRequest:
    found = given if isinstance(given, dict) else {}
    slug, checksum = found.get("block_type_slug"), found.get("block_schema_checksum")
    if not isinstance(slug, str) or not isinstance(checksum, str):
        raise Invalid(f"The reference {name} needs a block_type_slug and a block_schema_checksum")
    return ReferenceRequest(name, slug, checksum)


def fields_of_child(fields: Mapping[str, Any], wanted: ReferenceRequest) -> Fields | None:
    """Return the fields of a schema inside, as the definitions of the one around it have them."""
    definitions, properties = fields.get(DEFINITIONS), fields.get("properties")
    if not isinstance(definitions, dict) or not isinstance(properties, dict):
        return None
    keys = [pointer.replace(POINTER, "") for pointer in _pointers(properties.get(wanted.name))]
    candidates = [definitions[key] for key in keys if isinstance(definitions.get(key), dict)]
    if len(candidates) > 1:
        slug = wanted.block_type_slug
        candidates = [each for each in candidates if each.get("block_type_slug") == slug]
    return {**candidates[0], DEFINITIONS: definitions} if candidates else None


class SchemaAssembler:
    """Puts schemas together with those that they refer to, each once."""

    def __init__(
        self, schemas: Mapping[UUID, StoredBlockSchema], types: Mapping[UUID, BlockType]
    ) -> None:
        """Take all schemas that are referred to, at any depth, and their types."""
        self._schemas, self._types = schemas, types
        self._fields: dict[UUID, Fields] = {}

    def whole(self, schema: StoredBlockSchema) -> BlockSchema:
        """Return a schema with its type and with the schemas inside."""
        return BlockSchema.model_construct(
            id=schema.id,
            created=schema.created,
            updated=schema.updated,
            checksum=schema.checksum,
            fields=self._whole_fields(schema),
            block_type_id=schema.block_type_id,
            block_type=self._types[schema.block_type_id],
            capabilities=schema.capabilities,
            version=schema.version,
        )

    def _whole_fields(self, schema: StoredBlockSchema) -> Fields:
        if schema.id not in self._fields:
            self._fields[schema.id] = self._assembled(schema)
        return self._fields[schema.id]

    def _assembled(self, schema: StoredBlockSchema) -> Fields:
        references: dict[str, Any] = {}
        definitions: Fields = {}
        for name, child in self._children(schema):
            reference = {
                "block_schema_checksum": child.checksum,
                "block_type_slug": self._types[child.block_type_id].slug,
            }
            references[name] = _with_reference(references.get(name), reference)
            definitions |= _definitions_of(self._whole_fields(child))
        fields = {**schema.fields, REFERENCES: references}
        definitions = {**(schema.fields.get(DEFINITIONS) or {}), **definitions}
        return {**fields, DEFINITIONS: definitions} if definitions else fields

    def _children(self, schema: StoredBlockSchema) -> Iterator[tuple[str, StoredBlockSchema]]:
        """Yield the schemas inside; those that were deleted are left out."""
        for reference in schema.references:
            child = self._schemas.get(reference.schema_id)
            if child and child.block_type_id in self._types:
                yield reference.name, child


def _with_reference(known: Any, reference: Mapping[str, str]) -> Any:  # noqa: ANN401 - one or a list
    if known is None or known == reference:
        return reference
    several = known if isinstance(known, list) else [known]
    return several if reference in several else [*several, reference]


def _definitions_of(fields: Fields) -> Fields:
    """Return a schema inside as a definition, under its title, beside those inside of it."""
    title = fields.get("title")
    if title is None:
        return {}
    own = {key: value for key, value in fields.items() if key != DEFINITIONS}
    return {str(title): own, **(fields.get(DEFINITIONS) or {})}
