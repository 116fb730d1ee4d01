"""Check that a block exists which another noun names."""

from uuid import UUID

from runledger.domain.blocks.block_documents import BLOCK_DOCUMENTS
from runledger.store.documents.named_documents import NamedDocumentStore
from runledger.store.store import Store


def exists(store: Store, document_id: UUID) -> bool:
    """Return whether there is a document with the id."""
    return NamedDocumentStore.of(store, BLOCK_DOCUMENTS).read(document_id) is not None
