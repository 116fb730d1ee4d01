"""Use cases of block schemas: create, read, find and delete them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from runledger import ids
from runledger.domain.blocks.block_schemas import (
    BLOCK_SCHEMAS,
    NO_VERSION,
    BlockSchema,
    ReferenceRequest,
    SchemaAssembler,
    SchemaReference,
    StoredBlockSchema,
    checksum_of,
    fields_as_sent,
    fields_of_child,
    requested_references,
    stored_fields,
)
from runledger.domain.blocks.block_types import BLOCK_TYPES
from runledger.domain.errors import Forbidden, Invalid, Mismatch, NotFound, TooLarge, WriteConflict
from runledger.domain.filters.blocks import BlockSchemaFilter
from runledger.service.blocks import cascades
from runledger.service.retries import retry_on_conflict
from runledger.store.documents.named_documents import NamedDocumentStore, Owner
from runledger.store.store import Store

PROTECTED = "Block schemas for protected block types cannot be deleted."

# Schemas inside of schemas. Real ones have two or three levels.
MAX_LEVELS = 20


class NewSchema(NamedTuple):
    """A schema as it was sent, or as the definitions of the one around it have it."""

    fields: Mapping[str, Any]
    block_type_id: UUID
    capabilities: Sequence[str] = ()
    version: str = NO_VERSION


def create(store: Store, new: NewSchema, *, now: datetime) -> tuple[BlockSchema, bool]:
    """Return the schema of this checksum and version, and whether it is new.

    Schemas inside that are not known are created first: each is whole, and what was cut off can be
    repeated.

    Raises:
        NotFound: its type does not exist.
        Mismatch: the type of a block inside does not exist.
        Invalid: a reference is malformed, or has no definition.
        TooLarge: too many schemas are inside of each other.
    """

    def attempt() -> tuple[StoredBlockSchema, bool]:
        if NamedDocumentStore.of(store, BLOCK_TYPES).read(new.block_type_id) is None:
            raise NotFound(f"Block type {new.block_type_id} not found.")
        return _create(store, new, _times(now), level=0)

    stored, is_new = retry_on_conflict(attempt)
    schema = _whole(store, stored)
    return schema.replace(fields=fields_as_sent(new.fields)) if is_new else schema, is_new


def _times(now: datetime) -> Iterator[datetime]:
    """Yield the times of a schema and of those inside: each is older than what it refers to."""
    return (now + number * timedelta(microseconds=1) for number in count())


def _create(
    store: Store, new: NewSchema, times: Iterator[datetime], *, level: int
) -> tuple[StoredBlockSchema, bool]:
    if level > MAX_LEVELS:
        raise TooLarge(f"Blocks may have at most {MAX_LEVELS} levels of blocks inside.")
    schemas = NamedDocumentStore.of(store, BLOCK_SCHEMAS)
    checksum = checksum_of(new.fields)
    known = schemas.read_by_name(checksum, new.version)
    if known:
        return known.document, False
    now = next(times)
    stored = StoredBlockSchema(
        id=ids.run_id(),
        created=now,
        updated=now,
        checksum=checksum,
        fields=stored_fields(new.fields),
        block_type_id=new.block_type_id,
        capabilities=tuple(new.capabilities),
        version=new.version,
        references=_references(store, new, times, level=level),
    )
    if not schemas.create(stored, Owner(BLOCK_TYPES, new.block_type_id)):
        raise WriteConflict(checksum)
    return stored, True


def _references(
    store: Store, new: NewSchema, times: Iterator[datetime], *, level: int
) -> tuple[SchemaReference, ...]:
    return tuple(
        SchemaReference(
            name=reference.name, schema_id=_child(store, new, reference, times, level=level)
        )
        for reference in requested_references(new.fields)
    )


def _child(
    store: Store,
    new: NewSchema,
    wanted: ReferenceRequest,
    times: Iterator[datetime],
    *,
    level: int,
) -> UUID:
    """Return the id of the schema of a block inside."""
    block_type = NamedDocumentStore.of(store, BLOCK_TYPES).read_by_name(wanted.block_type_slug)
    if block_type is None:
        raise Mismatch(
            "Cannot create block schema because block type"
            f" {wanted.block_type_slug!r} was not found.Did"
            " you forget to register the block type?"
        )
    known = newest(store, wanted.checksum)
    if known:
        return known.id
    fields = fields_of_child(new.fields, wanted)
    if fields is None:
        raise Invalid(f"The schema inside, {wanted.name}, is not known and has no definition.")
    child = NewSchema(fields, block_type.document.id)
    return _create(store, child, times, level=level + 1)[0].id


def newest(store: Store, checksum: str, version: str | None = None) -> StoredBlockSchema | None:
    """Return the schema of a checksum and a version, or the newest one of any version."""
    schemas = NamedDocumentStore.of(store, BLOCK_SCHEMAS)
    if version is not None:
        seen = schemas.read_by_name(checksum, version)
        return seen.document if seen else None
    of_checksum = (schema for schema in schemas.read_all() if schema.checksum == checksum)
    return max(of_checksum, key=lambda schema: (schema.created, schema.id), default=None)


def read(store: Store, schema_id: UUID) -> BlockSchema:
    """Return the schema that has the id.

    Raises:
        NotFound: there is none.
    """
    seen = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read(schema_id)
    return _whole(store, seen.document if seen else None)


def read_by_checksum(store: Store, checksum: str, version: str | None) -> BlockSchema:
    """Return the schema of a checksum and a version, or the newest one of any version.

    Raises:
        NotFound: there is none.
    """
    return _whole(store, newest(store, checksum, version))


def find_page(
    store: Store, wanted: BlockSchemaFilter | None, *, offset: int, limit: int
) -> list[BlockSchema]:
    """Return a page of the schemas that match, the newest first."""
    found = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read_all()
    if wanted:
        found = [schema for schema in found if wanted.test(schema)]
    found.sort(key=lambda schema: (schema.created, schema.id), reverse=True)
    return assembled(store, found[offset : offset + limit])


def capabilities(store: Store) -> list[str]:
    """Return the capabilities that blocks have, by name."""
    schemas = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read_all()
    return sorted({capability for schema in schemas for capability in schema.capabilities})


def delete(store: Store, schema_id: UUID) -> None:
    """Remove a schema with its documents.

    Raises:
        NotFound: there is none.
        Forbidden: its type is protected.
    """
    schema = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read(schema_id)
    types = NamedDocumentStore.of(store, BLOCK_TYPES)
    block_type = types.read(schema.document.block_type_id) if schema else None
    if block_type is None:
        raise NotFound(BLOCK_SCHEMAS.not_found)
    if block_type.document.is_protected:
        raise Forbidden(PROTECTED)
    cascades.delete_schema(store, schema_id)


def assembled(store: Store, roots: Sequence[StoredBlockSchema]) -> list[BlockSchema]:
    """Return schemas with their types and with those inside; not those whose type is gone."""
    known = _with_children(store, roots)
    types = {
        block_type.id: block_type
        for block_type in NamedDocumentStore.of(store, BLOCK_TYPES).read_by_ids(
            {schema.block_type_id for schema in known.values()}
        )
    }
    assembler = SchemaAssembler(known, types)
    return [assembler.whole(schema) for schema in roots if schema.block_type_id in types]


def _with_children(
    store: Store, roots: Iterable[StoredBlockSchema]
) -> dict[UUID, StoredBlockSchema]:
    """Read the schemas inside, level by level."""
    known = {schema.id: schema for schema in roots}
    level = list(known.values())
    while level:
        named = {reference.schema_id for schema in level for reference in schema.references}
        missing = named - known.keys()
        level = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read_by_ids(missing) if missing else []
        known |= {schema.id: schema for schema in level}
    return known


def _whole(store: Store, stored: StoredBlockSchema | None) -> BlockSchema:
    found = assembled(store, [stored]) if stored else []
    if not found:
        raise NotFound(BLOCK_SCHEMAS.not_found)
    return found[0]
