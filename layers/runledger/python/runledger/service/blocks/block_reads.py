"""Reads of block documents: by id and by name, and searches."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from runledger.domain.blocks.block_documents import (
    BLOCK_DOCUMENTS,
    BlockDocument,
    BlockDocumentSort,
    Data,
    DocumentAssembler,
    OpenDocument,
    StoredBlockDocument,
    in_order,
)
from runledger.domain.blocks.block_schemas import BLOCK_SCHEMAS
from runledger.domain.blocks.block_types import BLOCK_TYPES, BlockType
from runledger.domain.errors import NotFound
from runledger.domain.filters.blocks import (
    BlockDocumentFilter,
    BlockSchemaFilter,
    BlockTypeFilter,
)
from runledger.service.blocks import block_schemas, block_types
from runledger.store.blocks.encryption import BlockKey
from runledger.store.documents.named_documents import NamedDocumentStore
from runledger.store.store import Store


class BlockCriteria(NamedTuple):
    """The three filters of a search; without one of documents, anonymous ones are left out."""

    documents: BlockDocumentFilter | None = None
    types: BlockTypeFilter | None = None
    schemas: BlockSchemaFilter | None = None


class BlockPage(NamedTuple):
    """A part of the documents that match, in an order; without a limit, all that follow."""

    sort: BlockDocumentSort = BlockDocumentSort.NAME_ASC
    offset: int = 0
    limit: int | None = None


def read(store: Store, key: BlockKey, document_id: UUID, *, include_secrets: bool) -> BlockDocument:
    """Return the document that has the id.

    Raises:
        NotFound: there is none.
    """
    seen = NamedDocumentStore.of(store, BLOCK_DOCUMENTS).read(document_id)
    return _one(store, key, seen.document if seen else None, include_secrets=include_secrets)


def data_of(store: Store, key: BlockKey, wanted: Iterable[UUID]) -> dict[UUID, Data]:
    """Return the data of the documents that have the ids and exist, without secrets."""
    found = NamedDocumentStore.of(store, BLOCK_DOCUMENTS).read_by_ids(dict.fromkeys(wanted))
    whole = _whole(store, key, found, include_secrets=False)
    return {document.id: document.data for document in whole}


def read_by_name(
    store: Store, key: BlockKey, slug: str, name: str, *, include_secrets: bool
) -> BlockDocument:
    """Return the document of a type that has the name, also an anonymous one.

    Raises:
        NotFound: there is none.
    """
    block_type = NamedDocumentStore.of(store, BLOCK_TYPES).read_by_name(slug)
    if block_type is None:
        raise NotFound(BLOCK_DOCUMENTS.not_found)
    documents = NamedDocumentStore.of(store, BLOCK_DOCUMENTS)
    seen = documents.read_by_name(str(block_type.document.id), name)
    return _one(store, key, seen.document if seen else None, include_secrets=include_secrets)


def read_of_type(
    store: Store, key: BlockKey, slug: str, *, include_secrets: bool
) -> list[BlockDocument]:
    """Return the named documents of a type, by name.

    Raises:
        NotFound: there is no such type.
    """
    type_id = block_types.read_by_slug(store, slug).id
    found = [
        document
        for document in NamedDocumentStore.of(store, BLOCK_DOCUMENTS).read_all()
        if document.block_type_id == type_id and not document.is_anonymous
    ]
    ordered = in_order(found, BlockDocumentSort.NAME_ASC)
    return _whole(store, key, ordered, include_secrets=include_secrets)


def find_page(
    store: Store, key: BlockKey, wanted: BlockCriteria, page: BlockPage, *, include_secrets: bool
) -> list[BlockDocument]:
    """Return a page of the documents that match."""
    found = in_order(_matching(store, wanted), page.sort)
    end = None if page.limit is None else page.offset + page.limit
    return _whole(store, key, found[page.offset : end], include_secrets=include_secrets)


def count(store: Store, wanted: BlockCriteria) -> int:
    """Return the number of documents that match."""
    return len(_matching(store, wanted))


def _matching(store: Store, wanted: BlockCriteria) -> list[StoredBlockDocument]:
    """Return the documents that match and whose type and schema exist.

    The others are being deleted with these.
    """
    test = (wanted.documents or BlockDocumentFilter.model_construct()).test
    found = list(filter(test, NamedDocumentStore.of(store, BLOCK_DOCUMENTS).read_all()))
    of_types = {document.block_type_id for document in found}
    of_schemas = {document.block_schema_id for document in found}
    types = NamedDocumentStore.of(store, BLOCK_TYPES).read_by_ids(of_types)
    schemas = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read_by_ids(of_schemas)
    type_ids = {each.id for each in types if not wanted.types or wanted.types.test(each)}
    schema_ids = {each.id for each in schemas if not wanted.schemas or wanted.schemas.test(each)}
    return [
        document
        for document in found
        if document.block_type_id in type_ids and document.block_schema_id in schema_ids
    ]


def with_children(
    store: Store, roots: Iterable[StoredBlockDocument]
) -> dict[UUID, StoredBlockDocument]:
    """Read the documents inside, level by level."""
    documents = NamedDocumentStore.of(store, BLOCK_DOCUMENTS)
    known = {document.id: document for document in roots}
    level = list(known.values())
    while level:
        named = {reference.document_id for document in level for reference in document.references}
        missing = named - known.keys()
        level = documents.read_by_ids(missing) if missing else []
        known |= {document.id: document for document in level}
    return known


def _one(
    store: Store, key: BlockKey, stored: StoredBlockDocument | None, *, include_secrets: bool
) -> BlockDocument:
    found = _whole(store, key, [stored], include_secrets=include_secrets) if stored else []
    if not found:
        raise NotFound(BLOCK_DOCUMENTS.not_found)
    return found[0]


def _whole(
    store: Store,
    key: BlockKey,
    roots: Sequence[StoredBlockDocument],
    *,
    include_secrets: bool,
) -> list[BlockDocument]:
    """Decrypt documents and those inside; leave out what is being deleted with its type."""
    documents = _opened(store, key, with_children(store, roots).values())
    assembler = DocumentAssembler(documents, include_secrets=include_secrets)
    return [assembler.whole(document.id) for document in roots if document.id in documents]


def _opened(
    store: Store, key: BlockKey, documents: Iterable[StoredBlockDocument]
) -> dict[UUID, OpenDocument]:
    documents = list(documents)
    of_schemas = {document.block_schema_id for document in documents}
    stored_schemas = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read_by_ids(of_schemas)
    schemas = {schema.id: schema for schema in block_schemas.assembled(store, stored_schemas)}
    of_types = {document.block_type_id for document in documents}
    types = {each.id: each for each in _types(store, of_types)}
    return {
        document.id: OpenDocument(
            document,
            key.open(document.id, document.sealed),
            schemas[document.block_schema_id],
            types[document.block_type_id],
        )
        for document in documents
        if document.block_schema_id in schemas and document.block_type_id in types
    }


def _types(store: Store, type_ids: Iterable[UUID]) -> list[BlockType]:
    return NamedDocumentStore.of(store, BLOCK_TYPES).read_by_ids(type_ids)
