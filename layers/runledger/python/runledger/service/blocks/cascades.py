"""Deletes what belongs to a type, a schema or a document of blocks, and then that itself.

What is deleted is there until the last write, so that a delete that was cut off can be repeated.
Its version is read before what belongs to it: it stays, and all is looked at again, if somebody
creates a schema or a document of it meanwhile.
"""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from runledger.domain.blocks.block_documents import BLOCK_DOCUMENTS, StoredBlockDocument
from runledger.domain.blocks.block_schemas import BLOCK_SCHEMAS, StoredBlockSchema
from runledger.domain.blocks.block_types import BLOCK_TYPES
from runledger.service.retries import retry_on_conflict
from runledger.store.documents.named_documents import NamedDocumentStore, SeenDocument
from runledger.store.store import Store


def delete_type(store: Store, type_id: UUID) -> None:
    """Remove a type with its schemas and documents."""
    retry_on_conflict(partial(_delete_type, store, type_id))


def _delete_type(store: Store, type_id: UUID) -> None:
    types = NamedDocumentStore.of(store, BLOCK_TYPES)
    seen = types.read(type_id)
    schemas = NamedDocumentStore.of(store, BLOCK_SCHEMAS).see_all()
    of_type = [schema for schema in schemas if schema.document.block_type_id == type_id]
    _delete_schemas(store, of_type, lambda document: document.block_type_id == type_id)
    if seen:
        types.delete(seen)


def delete_schema(store: Store, schema_id: UUID) -> None:
    """Remove a schema with its documents; schemas around it lose their reference."""

    def attempt() -> None:
        seen = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read(schema_id)
        _delete_schemas(store, [seen] if seen else [])

    retry_on_conflict(attempt)


def _delete_schemas(
    store: Store,
    schemas: Sequence[SeenDocument[StoredBlockSchema]],
    belongs: Callable[[StoredBlockDocument], bool] = lambda _: False,
) -> None:
    """Remove schemas that were read, with their documents and others that belong to them."""
    of_schemas = {schema.document.id for schema in schemas}
    for document in NamedDocumentStore.of(store, BLOCK_DOCUMENTS).read_all():
        if document.block_schema_id in of_schemas or belongs(document):
            delete_document(store, document.id)
    for schema in schemas:
        NamedDocumentStore.of(store, BLOCK_SCHEMAS).delete(schema)


def delete_document(store: Store, document_id: UUID) -> bool:
    """Remove a document, which those around it lose; return whether it was there."""
    documents = NamedDocumentStore.of(store, BLOCK_DOCUMENTS)

    def attempt() -> bool:
        seen = documents.read(document_id)
        if seen:
            documents.delete(seen)
        return seen is not None

    return retry_on_conflict(attempt)
