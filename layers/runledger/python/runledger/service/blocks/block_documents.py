"""Use cases of block documents: create, change and delete them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from runledger import ids
from runledger.domain.blocks import secrets
from runledger.domain.blocks.block_documents import (
    BLOCK_DOCUMENTS,
    BlockDocument,
    Data,
    DocumentChanges,
    DocumentReference,
    StoredBlockDocument,
    divided,
    reaches,
)
from runledger.domain.blocks.block_schemas import BLOCK_SCHEMAS, StoredBlockSchema
from runledger.domain.blocks.block_types import BLOCK_TYPES
from runledger.domain.errors import Conflict, Mismatch, NotFound, Rejected
from runledger.service.blocks import block_reads, cascades
from runledger.service.retries import retry_on_conflict
from runledger.store.blocks.encryption import BlockKey
from runledger.store.documents.named_documents import NamedDocumentStore, Owner, SeenDocument
from runledger.store.store import Store

OTHER_TYPE = "Must migrate block document to a block schema of the same block type."


class NewDocument(NamedTuple):
    """A document as it was sent."""

    name: str | None
    data: Data
    block_schema_id: UUID
    block_type_id: UUID
    is_anonymous: bool


def create(store: Store, key: BlockKey, new: NewDocument, *, now: datetime) -> BlockDocument:
    """Create a document.

    Raises:
        Mismatch: its name is taken.
        Conflict: its type, its schema or a document inside does not exist, or was just deleted.
        Rejected: a reference has no id of a document.
    """
    document_id = retry_on_conflict(lambda: _create(store, key, new, now))
    try:
        return block_reads.read(store, key, document_id, include_secrets=False)
    except NotFound:
        raise Conflict("The block document was deleted right after it was created.") from None


def _create(store: Store, key: BlockKey, new: NewDocument, now: datetime) -> UUID:
    documents = NamedDocumentStore.of(store, BLOCK_DOCUMENTS)
    document_id = ids.run_id()
    name = new.name or f"anonymous-{ids.run_id()}"
    if documents.read_by_name(str(new.block_type_id), name):
        raise Mismatch("Block already exists")
    data, references = divided(new.data)
    document = StoredBlockDocument(
        id=document_id,
        created=now,
        updated=now,
        name=name,
        sealed=key.seal(document_id, data),
        block_schema_id=new.block_schema_id,
        block_type_id=new.block_type_id,
        block_type_name=_type_name(store, new.block_type_id),
        is_anonymous=new.is_anonymous,
        references=references,
    )
    _check_schema(store, new.block_schema_id)
    _inside(store, references)
    if not documents.create(
        document,
        Owner(BLOCK_TYPES, document.block_type_id),
        Owner(BLOCK_SCHEMAS, document.block_schema_id),
    ):
        raise Mismatch("Block already exists")
    return document_id


def change(
    store: Store, key: BlockKey, document_id: UUID, changes: DocumentChanges, *, now: datetime
) -> None:
    """Change the data of a document; references that are not sent again end.

    Raises:
        NotFound: there is none.
        Rejected: a reference is malformed or leads back to the document, or the schema is of
            another type.
        Conflict: the schema or a document inside does not exist.
    """

    def attempt() -> None:
        documents = NamedDocumentStore.of(store, BLOCK_DOCUMENTS)
        seen = documents.read(document_id)
        if seen is None:
            raise NotFound(BLOCK_DOCUMENTS.not_found)
        if changes.data is None:
            return
        changed = _changed(store, key, seen, changes).replace(updated=now)
        schema = Owner(BLOCK_SCHEMAS, changed.block_schema_id)
        is_moved = changed.block_schema_id != seen.document.block_schema_id
        documents.rewrite(seen, changed, *([schema] if is_moved else ()))

    retry_on_conflict(attempt)


def _changed(
    store: Store, key: BlockKey, seen: SeenDocument[StoredBlockDocument], changes: DocumentChanges
) -> StoredBlockDocument:
    document = seen.document
    schema = _check_schema(store, document.block_schema_id)
    current = key.open(document.id, document.sealed)
    data, references = divided(changes.applied_to(current, secrets.secret_paths(schema.fields)))
    wanted = changes.block_schema_id
    if wanted and wanted != document.block_schema_id:
        schema = _check_schema(store, wanted)
        if schema.block_type_id != document.block_type_id:
            raise Rejected(OTHER_TYPE)
    new = [reference for reference in references if reference not in document.references]
    _check_circles(store, document.id, new, _inside(store, new))
    return document.replace(
        sealed=key.seal(document.id, data), references=references, block_schema_id=schema.id
    )


def delete(store: Store, document_id: UUID) -> None:
    """Remove a document; those around it lose their reference.

    Raises:
        NotFound: there is none.
    """
    if not cascades.delete_document(store, document_id):
        raise NotFound(BLOCK_DOCUMENTS.not_found)


def _type_name(store: Store, type_id: UUID) -> str:
    block_type = NamedDocumentStore.of(store, BLOCK_TYPES).read(type_id)
    if block_type is None:
        raise Conflict(f"block type {type_id} is unknown")
    return block_type.document.name


def _check_schema(store: Store, schema_id: UUID) -> StoredBlockSchema:
    schema = NamedDocumentStore.of(store, BLOCK_SCHEMAS).read(schema_id)
    if schema is None:
        raise Conflict(f"block schema {schema_id} is unknown")
    return schema.document


def _inside(store: Store, references: Sequence[DocumentReference]) -> list[StoredBlockDocument]:
    """Return the documents that references lead to.

    Raises:
        Conflict: one does not exist.
    """
    wanted = dict.fromkeys(reference.document_id for reference in references)
    inside = NamedDocumentStore.of(store, BLOCK_DOCUMENTS).read_by_ids(wanted)
    found = {document.id for document in inside}
    for document_id in wanted:
        if document_id not in found:
            raise Conflict(f"block document {document_id} is unknown")
    return inside


def _check_circles(
    store: Store,
    document_id: UUID,
    references: Sequence[DocumentReference],
    inside: Sequence[StoredBlockDocument],
) -> None:
    known = block_reads.with_children(store, inside)
    leads_to = {
        document.id: [reference.document_id for reference in document.references]
        for document in known.values()
    }
    for reference in references:
        if reaches(reference.document_id, document_id, leads_to):
            raise Rejected(
                "Cannot create block document reference: it would introduce a cycle into the"
                f" block_document_reference graph (parent={document_id},"
                f" reference={reference.document_id})."
            )
