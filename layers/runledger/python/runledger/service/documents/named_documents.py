"""Use cases of named documents: create, read, find, change and delete them, of every noun alike."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Generic, NamedTuple
from uuid import UUID

from runledger.domain.errors import Conflict, Mismatch, NotFound, WriteConflict
from runledger.domain.filters.criterion import ObjectFilter
from runledger.domain.named_documents.nouns import D, Noun, page_of
from runledger.domain.sorting import Page
from runledger.service.retries import retry_on_conflict
from runledger.store.documents.named_documents import NamedDocumentStore, SeenDocument
from runledger.store.store import Store

EVERYTHING = ObjectFilter.model_construct()


def create(store: Store, noun: Noun[D], document: D) -> D:
    """Create a document.

    Raises:
        Mismatch: what is unique of it is taken.
    """
    if not NamedDocumentStore.of(store, noun).create(document):
        raise Mismatch(noun.taken(document))
    return document


class SavedDocument(NamedTuple, Generic[D]):
    """A document, and whether this call created it."""

    document: D
    new: bool


def save(store: Store, noun: Noun[D], document: D, replaced: Collection[str]) -> SavedDocument[D]:
    """Create a document, or replace these fields of the one that has its name."""
    documents = NamedDocumentStore.of(store, noun)

    def attempt() -> SavedDocument[D]:
        seen = documents.read_by_name(*noun.unique(document))
        if seen is None:
            if documents.create(document):
                return SavedDocument(document, new=True)
            raise WriteConflict(noun.taken(document))
        changes = {field: getattr(document, field) for field in replaced}
        changed = seen.document.replace(**changes)
        documents.rewrite(seen, changed)
        return SavedDocument(changed, new=False)

    return retry_on_conflict(attempt)


def read(store: Store, noun: Noun[D], id_or_name: UUID | str) -> D:
    """Return the document that has the id or the name.

    Raises:
        NotFound: there is none.
    """
    return find(store, noun, id_or_name).document


def find_page(store: Store, noun: Noun[D], wanted: ObjectFilter | None, page: Page) -> list[D]:
    """Return a page of the documents that match."""
    documents = NamedDocumentStore.of(store, noun).read_all()
    return page_of(documents, (wanted or EVERYTHING).test, page)


def count(store: Store, noun: Noun[D], wanted: ObjectFilter | None) -> int:
    """Return the number of documents that match."""
    documents = NamedDocumentStore.of(store, noun).read_all()
    return sum(map((wanted or EVERYTHING).test, documents))


def change(
    store: Store,
    noun: Noun[D],
    id_or_name: UUID | str,
    changes: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Change fields of a document.

    Raises:
        NotFound: there is none.
        Conflict: a field that it needs is None, or what is unique of it is taken.
    """

    def attempt() -> None:
        seen = find(store, noun, id_or_name)
        if any(changes[field] is None for field in noun.required & changes.keys()):
            raise Conflict("it would be without a field that it needs")
        changed = seen.document.replace(**changes, updated=now)
        if not NamedDocumentStore.of(store, noun).rewrite(seen, changed):
            raise Conflict(noun.taken(changed))

    retry_on_conflict(attempt)


def delete(store: Store, noun: Noun[D], id_or_name: UUID | str) -> None:
    """Remove a document.

    Raises:
        NotFound: there is none.
    """
    documents = NamedDocumentStore.of(store, noun)
    retry_on_conflict(lambda: documents.delete(find(store, noun, id_or_name)))


def find(store: Store, noun: Noun[D], id_or_name: UUID | str) -> SeenDocument[D]:
    """Return the document as it was read, for a later write.

    Raises:
        NotFound: there is none.
    """
    documents = NamedDocumentStore.of(store, noun)
    if isinstance(id_or_name, UUID):
        seen = documents.read(id_or_name)
    else:
        seen = documents.read_by_name(id_or_name)
    if seen is None:
        raise NotFound(noun.not_found)
    return seen
