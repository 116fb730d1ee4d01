"""Named documents in the table, those of every noun alike.

The documents of a noun are in a few partitions, an item each, beside the pieces of large ones. An
item in a partition of its own claims what is unique, and leads to the document. Both are written
together, so that neither is there without the other.

What belongs to another document raises the version of that with its own write. So whoever deletes
that one, and has read its version before what belongs to it, is refused if there is more by then.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple
from uuid import UUID

from runledger.domain.errors import WriteConflict
from runledger.domain.named_documents.nouns import D, Noun
from runledger.store import items
from runledger.store.dynamodb.conditions import Condition
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, PRESENT, has_version, in_partition
from runledger.store.dynamodb.large_documents import DOCUMENT, PIECES
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Add, Delete, Item, Put, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store


class SeenDocument(NamedTuple, Generic[D]):
    """A document as it was read: the version guards the next write.

    `pieces` names the fields that are stored in pieces.
    """

    document: D
    version: int = 1
    pieces: str | None = None


class Owner(NamedTuple):
    """A document to which others belong: they are deleted with it."""

    noun: Noun[Any]
    id: UUID


class NamedDocumentStore(NamedTuple, Generic[D]):
    """The documents of a noun in the table."""

    table: Table
    noun: Noun[D]

    @classmethod
    def of(cls, store: Store, noun: Noun[D]) -> "NamedDocumentStore[D]":
        return cls(store.table, noun)

    def read(self, document_id: UUID) -> SeenDocument[D] | None:
        """Return the document that has the id, as last acknowledged."""
        item = self.table.read(self._key(document_id))
        return self._seen(item) if item else None

    def read_by_name(self, *names: str) -> SeenDocument[D] | None:
        """Return the document of which these texts are unique, as last acknowledged."""
        pointer = self.table.read(self._claim(names))
        return self.read(items.pointed_to(pointer)) if pointer else None

    def read_by_names(self, wanted: Iterable[Sequence[str]]) -> list[D]:
        """Return the documents of which some of these texts are unique."""
        claims = self.table.read_many([self._claim(names) for names in wanted])
        return self.read_by_ids(map(items.pointed_to, claims.values()))

    def read_by_ids(self, ids: Iterable[UUID]) -> list[D]:
        """Return the documents that have one of the ids."""
        found = self.table.read_many([self._key(document_id) for document_id in ids])
        return [self._seen(item).document for item in found.values()]

    def read_all(self) -> list[D]:
        """Return all documents, by consistent reads of all partitions."""
        return [seen.document for seen in self.see_all()]

    def see_all(self) -> list[SeenDocument[D]]:
        """Return all documents with their versions, by consistent reads of all partitions."""
        partitions = keys.document_partitions(self.noun.kind, self.noun.partitions)
        wanted = (Query(in_partition(pk, keys.under(keys.DOCUMENT))) for pk in partitions)
        return list(map(self._seen, chain.from_iterable(self.table.query_each(wanted))))

    def create(self, document: D, *owners: Owner) -> bool:
        """Store a new document; return whether what is unique of it was free.

        Raises:
            WriteConflict: one of its owners does not exist.
        """
        own = self._put(SeenDocument(document), ABSENT), self._new_claim(document)
        try:
            self.table.write(*own, *map(_growth, owners))
        except ConditionFailed as failed:
            if owners and not any(has_failed for has_failed, _ in failed.met[: len(own)]):
                raise WriteConflict(str(document.id)) from failed
            return False
        return True

    def rewrite(self, seen: SeenDocument[D], document: D, *owners: Owner) -> bool:
        """Replace a document that was read; return whether what is unique of it was free.

        Raises:
            WriteConflict: the document changed meanwhile, or one of its new owners does not exist.
        """
        after = SeenDocument(document, seen.version + 1, seen.pieces)
        put = self._put(after, has_version(seen.version))
        try:
            growth = map(_growth, owners)
            self.table.write(put, *self._moved_claim(seen.document, document), *growth)
        except ConditionFailed as failed:
            has_changed, _ = failed.met[0]
            if has_changed or owners:
                raise WriteConflict(str(document.id)) from failed
            return False
        return True

    def delete(self, seen: SeenDocument[D]) -> None:
        """Remove a document that was read.

        Raises:
            WriteConflict: the document changed meanwhile.
        """
        document = seen.document
        removal = Delete(self._key(document.id), has_version(seen.version))
        try:
            self.table.write(removal, Delete(self._claim(self.noun.unique(document))))
        except ConditionFailed as failed:
            raise WriteConflict(str(document.id)) from failed

    def _moved_claim(self, old: D, new: D) -> Iterator[Write]:
        if self.noun.unique(old) != self.noun.unique(new):
            yield Delete(self._claim(self.noun.unique(old)))
            yield self._new_claim(new)

    def _new_claim(self, document: D) -> Put:
        claim = self._claim(self.noun.unique(document))
        return Put(items.pointer_item(claim, document.id), ABSENT)

    def _put(self, seen: SeenDocument[D], expect: Condition) -> Put:
        body = seen.document.model_dump_json(exclude_defaults=True)
        item = {**self._key(seen.document.id)._asdict(), DOCUMENT: body, "version": seen.version}
        return Put(item, expect, seen.pieces)

    def _seen(self, item: Item) -> SeenDocument[D]:
        document = items.read_document(self.noun.model, item)
        return SeenDocument(document, int(item["version"]), item.get(PIECES))

    def _key(self, document_id: UUID) -> Key:
        return _key_of(Owner(self.noun, document_id))

    def _claim(self, names: Sequence[str]) -> Key:
        return keys.document_name(self.noun.kind, names)


def _key_of(owner: Owner) -> Key:
    return keys.document(owner.noun.kind, owner.id, owner.noun.partitions)


def _growth(owner: Owner) -> Add:
    return Add(_key_of(owner), {"version": 1}, PRESENT)
