"""Use cases of the default result storage: read, set and clear it."""

from uuid import UUID

from runledger.domain.blocks.block_documents import BLOCK_DOCUMENTS
from runledger.domain.blocks.block_schemas import BLOCK_SCHEMAS
from runledger.domain.errors import Invalid, NotFound
from runledger.service.blocks import existence
from runledger.store.blocks.default_storage import DefaultStorageStore
from runledger.store.documents.named_documents import NamedDocumentStore
from runledger.store.store import Store

# What a block for results can do.
CAPABILITY = "write-path"


def read(store: Store) -> UUID | None:
    """Return the id of the block that is set; of one that was deleted, None."""
    document_id = DefaultStorageStore.of(store).read()
    return document_id if document_id and existence.exists(store, document_id) else None


def set_block(store: Store, document_id: UUID) -> None:
    """Set the block.

    Raises:
        NotFound: there is none that has the id.
        Invalid: it can't store results.
    """
    document = NamedDocumentStore.of(store, BLOCK_DOCUMENTS).read(document_id)
    if document is None:
        raise NotFound(f"Block document {document_id} not found.")
    schemas = NamedDocumentStore.of(store, BLOCK_SCHEMAS)
    schema = schemas.read(document.document.block_schema_id)
    if schema is None or CAPABILITY not in schema.document.capabilities:
        raise Invalid(f"Block document {document_id} cannot be used for result storage.")
    DefaultStorageStore.of(store).write(document_id)


def clear(store: Store) -> None:
    """Set no block."""
    DefaultStorageStore.of(store).clear()
