"""Use cases of block types: create, read, find, change and delete them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from runledger.domain.blocks.block_schemas import BLOCK_SCHEMAS
from runledger.domain.blocks.block_types import BLOCK_TYPES, BlockType, is_reserved
from runledger.domain.errors import Forbidden, Mismatch, NotFound
from runledger.domain.filters.blocks import BlockSchemaFilter, BlockTypeFilter
from runledger.service.blocks import cascades
from runledger.service.retries import retry_on_conflict
from runledger.store.documents.named_documents import NamedDocumentStore, SeenDocument
from runledger.store.store import Store

RESERVED = "Block type names beginning with 'Prefect' are reserved."
PROTECTED = "protected block types cannot be deleted."


def create(store: Store, block_type: BlockType) -> BlockType:
    """Create a type.

    Raises:
        Forbidden: its name is reserved.
        Mismatch: its slug is taken.
    """
    if is_reserved(block_type.name):
        raise Forbidden(RESERVED)
    if not NamedDocumentStore.of(store, BLOCK_TYPES).create(block_type):
        raise Mismatch(BLOCK_TYPES.taken(block_type))
    return block_type


def read(store: Store, type_id: UUID) -> BlockType:
    """Return the type that has the id.

    Raises:
        NotFound: there is none.
    """
    return _found(NamedDocumentStore.of(store, BLOCK_TYPES).read(type_id)).document


def read_by_slug(store: Store, slug: str) -> BlockType:
    """Return the type that has the slug.

    Raises:
        NotFound: there is none.
    """
    return _found(NamedDocumentStore.of(store, BLOCK_TYPES).read_by_name(slug)).document


def find_page(
    store: Store,
    wanted: BlockTypeFilter | None,
    schemas: BlockSchemaFilter | None,
    *,
    offset: int,
    limit: int,
) -> list[BlockType]:
    """Return a page of the types that match, and that have a schema that does, by name."""
    found = NamedDocumentStore.of(store, BLOCK_TYPES).read_all()
    if wanted:
        found = [block_type for block_type in found if wanted.test(block_type)]
    if schemas:
        known = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read_all()
        of_schemas = {schema.block_type_id for schema in known if schemas.test(schema)}
        found = [block_type for block_type in found if block_type.id in of_schemas]
    found.sort(key=lambda block_type: (block_type.name, block_type.created, block_type.id))
    return found[offset : offset + limit]


def change(store: Store, type_id: UUID, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Change fields of a type.

    Raises:
        NotFound: there is none.
    """
    types = NamedDocumentStore.of(store, BLOCK_TYPES)

    def attempt() -> None:
        seen = _found(types.read(type_id))
        if seen.document.is_changed_by(changes):
            types.rewrite(seen, seen.document.replace(**changes, updated=now))

    retry_on_conflict(attempt)


def delete(store: Store, type_id: UUID) -> None:
    """Remove a type after its schemas and documents.

    Raises:
        NotFound: there is none.
        Forbidden: it is protected.
    """
    if read(store, type_id).is_protected:
        raise Forbidden(PROTECTED)
    cascades.delete_type(store, type_id)


def _found(seen: SeenDocument[BlockType] | None) -> SeenDocument[BlockType]:
    if seen is None:
        raise NotFound(BLOCK_TYPES.not_found)
    return seen
