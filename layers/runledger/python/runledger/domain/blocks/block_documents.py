"""Documents of blocks: their data, and the documents that they refer to.

Data is stored encrypted, without the data of the documents inside (docs/contract/blocks.md 3).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.blocks import secrets
from runledger.domain.blocks.block_schemas import BlockSchema
from runledger.domain.blocks.block_types import BlockType
from runledger.domain.errors import Rejected, TooLarge
from runledger.domain.named_documents.nouns import NamedDocument, Noun
from runledger.domain.sorting import Sort
from runledger.domain.values import Value

Data = dict[str, Any]

REFERENCE, REFERENCE_ID = "$ref", "block_document_id"

# Documents inside of one that is returned, each as often as it is there.
MAX_INSIDE = 1_000


class DocumentReference(Value):
    """A document inside, under the name of its field."""

    name: str
    document_id: UUID


class StoredBlockDocument(NamedDocument):
    """A document as it is stored: `sealed` is its encrypted data."""

    name: str
    sealed: str
    block_schema_id: UUID
    block_type_id: UUID
    block_type_name: str
    is_anonymous: bool = False
    references: tuple[DocumentReference, ...] = ()


class BlockDocument(NamedDocument):
    """A document with all that it refers to; its fields are in the order of the wire."""

    name: str
    data: Data
    block_schema_id: UUID
    block_schema: BlockSchema
    block_type_id: UUID
    block_type_name: str
    block_type: BlockType
    block_document_references: dict[str, dict[str, Any]]
    is_anonymous: bool


class BlockDocumentSort(Sort):
    """The orders of documents, listed as in the reference's errors."""

    NAME_DESC = "NAME_DESC"
    NAME_ASC = "NAME_ASC"
    BLOCK_TYPE_AND_NAME_ASC = "BLOCK_TYPE_AND_NAME_ASC"


BLOCK_DOCUMENTS = Noun(
    "BLOCK_DOCUMENT",
    StoredBlockDocument,
    unique=lambda document: (str(document.block_type_id), document.name),
    not_found="Block document not found",
    taken=lambda _: "Block already exists",
)


def in_order(
    documents: Iterable[StoredBlockDocument], sort: BlockDocumentSort
) -> list[StoredBlockDocument]:
    """Return documents in an order; of the same name, the older one first."""
    by_age = sorted(documents, key=lambda document: (document.created, document.id))
    if sort is BlockDocumentSort.BLOCK_TYPE_AND_NAME_ASC:
        return sorted(by_age, key=lambda document: (document.block_type_name, document.name))
    return sorted(
        by_age, key=lambda document: document.name, reverse=sort is BlockDocumentSort.NAME_DESC
    )


def divided(data: Mapping[str, Any]) -> tuple[Data, tuple[DocumentReference, ...]]:
    """Return data without the references at its top, and these.

    Raises:
        Rejected: a reference has no id of a document.
    """
    references = {key: value[REFERENCE] for key, value in data.items() if _is_reference(value)}
    plain = {key: value for key, value in data.items() if key not in references}
    return plain, tuple(_reference(key, given) for key, given in references.items())


def _is_reference(value: object) -> bool:
    return isinstance(value, dict) and REFERENCE in value


def _reference(key: str, given: object) -> DocumentReference:
    document_id = given.get(REFERENCE_ID) if isinstance(given, dict) else None
    if document_id is None:
        raise Rejected(f"Received block reference without a block_document_id in key {key}")
    try:
        return DocumentReference(name=key, document_id=UUID(str(document_id)))
    except ValueError:
        raise Rejected(f"The block_document_id in key {key} is not a UUID") from None


class DocumentChanges(NamedTuple):
    """An update: the data that was sent, if any, merged into the stored data or in its place."""

    data: Data | None
    block_schema_id: UUID | None
    merges: bool

    def applied_to(self, current: Data, secret_paths: Iterable[secrets.Path]) -> Data:
        """Return the new data; secrets that were sent back hidden stay as they are."""
        sent = secrets.restore_hidden(self.data or {}, current, secret_paths)
        return {**current, **sent} if self.merges else sent


class OpenDocument(NamedTuple):
    """A document with its decrypted data, its schema and its type."""

    stored: StoredBlockDocument
    data: Data
    schema: BlockSchema
    block_type: BlockType

    def shown_data(self, *, include_secrets: bool) -> Data:
        """Return the data, with its secrets or without."""
        if include_secrets:
            return dict(self.data)
        return secrets.hide(self.data, secrets.secret_paths(self.schema.fields))


class DocumentAssembler:
    """Puts documents together with those that they refer to."""

    def __init__(self, documents: Mapping[UUID, OpenDocument], *, include_secrets: bool) -> None:
        """Take all documents that are referred to, at any depth."""
        self._documents, self._include_secrets = documents, include_secrets

    def whole(self, document_id: UUID) -> BlockDocument:
        """Return a document with those inside.

        Raises:
            TooLarge: there are too many of them.
        """
        document = self._documents[document_id]
        inside = _Inside(self._documents, self._include_secrets)
        data, references = inside.of(document, ())
        stored = document.stored
        return BlockDocument.model_construct(
            id=stored.id,
            created=stored.created,
            updated=stored.updated,
            name=stored.name,
            data=data,
            block_schema_id=stored.block_schema_id,
            block_schema=document.schema,
            block_type_id=stored.block_type_id,
            block_type_name=stored.block_type_name,
            block_type=document.block_type,
            block_document_references=references,
            is_anonymous=stored.is_anonymous,
        )


class _Inside:
    """Collects the data of the documents inside of one."""

    def __init__(self, documents: Mapping[UUID, OpenDocument], include_secrets: bool) -> None:  # noqa: FBT001
        self._documents, self._include_secrets = documents, include_secrets
        self._count = 0

    def of(
        self, document: OpenDocument, around: tuple[UUID, ...]
    ) -> tuple[Data, dict[str, dict[str, Any]]]:
        """Return the data of a document with that of those inside, and what these are."""
        data = document.shown_data(include_secrets=self._include_secrets)
        references = {}
        path = (*around, document.stored.id)
        for name, child in self._children(document, path):
            data[name], below = self.of(child, path)
            references[name] = {"block_document": _reference_shown(child, below)}
        return data, references

    def _children(
        self, document: OpenDocument, path: tuple[UUID, ...]
    ) -> Iterator[tuple[str, OpenDocument]]:
        """Yield the documents inside; deleted ones, and those around, are left out."""
        for reference in document.stored.references:
            child = self._documents.get(reference.document_id)
            if child and child.stored.id not in path:
                self._count_one()
                yield reference.name, child

    def _count_one(self) -> None:
        self._count += 1
        if self._count > MAX_INSIDE:
            raise TooLarge(f"A block has at most {MAX_INSIDE:,} blocks inside.")


def _reference_shown(child: OpenDocument, below: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": child.stored.id,
        "name": child.stored.name,
        "block_type": child.block_type,
        "is_anonymous": child.stored.is_anonymous,
        "block_document_references": below,
    }


def reaches(start: UUID, target: UUID, references: Mapping[UUID, Iterable[UUID]]) -> bool:
    """Return whether references lead from a document to another one, or are of itself."""
    pending, seen = [start], set()
    while pending:
        current = pending.pop()
        if current == target:
            return True
        if current not in seen:
            seen.add(current)
            pending.extend(references.get(current, ()))
    return False
