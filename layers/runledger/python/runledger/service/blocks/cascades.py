"""Deletes what belongs to a type, a schema or a document of blocks, and then that itself.

What is deleted is there until the last write, so that a delete that was cut off can be repeated.
"""

from collections.abc import Callable
from uuid import UUID

from runledger.domain.blocks.block_documents import BLOCK_DOCUMENTS, StoredBlockDocument
from runledger.domain.blocks.block_schemas import BLOCK_SCHEMAS
from runledger.domain.blocks.block_types import BLOCK_TYPES
from runledger.domain.named_documents.nouns import Noun
from runledger.service.retries import retry_on_conflict
from runledger.store.documents.named_documents import NamedDocumentStore
from runledger.store.store import Store


def delete_type(store: Store, type_id: UUID) -> None:
    """Remove a type with its schemas and documents."""
    schemas = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read_all()
    of_type = {schema.id for schema in schemas if schema.block_type_id == type_id}
    _delete_documents(
        store,
        lambda document: document.block_type_id == type_id or document.block_schema_id in of_type,
    )
    for schema_id in of_type:
        _delete(store, BLOCK_SCHEMAS, schema_id)
    _delete(store, BLOCK_TYPES, type_id)


def delete_schema(store: Store, schema_id: UUID) -> None:
    """Remove a schema with its documents; schemas around it lose their reference."""
    _delete_documents(store, lambda document: document.block_schema_id == schema_id)
    _delete(store, BLOCK_SCHEMAS, schema_id)


def delete_document(store: Store, document_id: UUID) -> bool:
    """Remove a document, which those around it lose; return whether it was there."""
    return _delete(store, BLOCK_DOCUMENTS, document_id)


def _delete_documents(store: Store, belongs: Callable[[StoredBlockDocument], bool]) -> None:
    for document in NamedDocumentStore.of(store, BLOCK_DOCUMENTS).read_all():
        if belongs(document):
            delete_document(store, document.id)


def _delete(store: Store, noun: Noun, document_id: UUID) -> bool:  # type: ignore[type-arg]
    documents = NamedDocumentStore.of(store, noun)

    def attempt() -> bool:
        seen = documents.read(document_id)
        if seen:
            documents.delete(seen)
        return seen is not None

    return retry_on_conflict(attempt)
