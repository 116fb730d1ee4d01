"""Artifacts in the table.

The collection of a key is in the same transactions as its artifacts, so that it always has the
latest of them. A transaction that makes an older artifact the latest one also gives it a new
version: whoever changes or removes it meanwhile starts over.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple, Self
from uuid import UUID

from runledger.domain.artifacts import Artifact, ArtifactCollection
from runledger.domain.errors import WriteConflict
from runledger.store import items
from runledger.store.artifacts import artifact_items
from runledger.store.artifacts.artifact_items import SeenArtifact, SeenCollection
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version, in_index, in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Add, Delete, Write
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.indexes import BY_NAME, BY_OWNER
from runledger.store.schema.keys import Key
from runledger.store.store import Shards, Store


class ArtifactStore(NamedTuple):
    """Artifacts in the table.

    Its writing methods raise `WriteConflict` when something that they rely on changed meanwhile.
    """

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards)

    def read(self, artifact_id: UUID) -> SeenArtifact | None:
        """Return the artifact as last acknowledged."""
        item = self.table.read(keys.artifact(artifact_id))
        return artifact_items.read_artifact(item) if item else None

    def read_collection(self, key: str) -> SeenCollection | None:
        """Return the collection of a key, without the content of its artifact."""
        item = self.table.read(keys.artifact_collection(key))
        return artifact_items.read_collection(item) if item else None

    def collections(self) -> list[ArtifactCollection]:
        """Return all collections, without the content of their artifacts."""
        partitions = keys.artifact_collections()
        found = self.table.query_each(Query(in_partition(pk)) for pk in partitions)
        every = chain.from_iterable(found)
        return [artifact_items.read_collection(item).collection for item in every]

    def complete(self, collections: Iterable[ArtifactCollection]) -> list[ArtifactCollection]:
        """Return the collections with their artifacts' content, in their order.

        One whose artifact was deleted since it was read is left out.
        """
        wanted = {keys.artifact(one.latest_id): one for one in collections}
        found = self.table.read_many(list(wanted))
        return [
            one.with_latest(artifact_items.read_artifact(found[key]).artifact)
            for key, one in wanted.items()
            if key in found
        ]

    def of_flow_run(self, flow_run_id: UUID) -> list[Artifact]:
        """Return the artifacts of a flow run as they were created, without their content."""
        owner = keys.artifacts_of(keys.flow_run(flow_run_id))
        entries = self.table.query(Query(in_index(BY_OWNER, owner, None), BY_OWNER.name))
        found = map(artifact_items.read_artifact_facts, entries)
        return sorted(found, key=attrgetter("created", "id"))

    def ids_of(self, run: Key) -> Iterator[UUID]:
        """Yield the ids of the artifacts of a run."""
        if run.sk == keys.FLOW_RUN:
            queries = [Query(in_index(BY_OWNER, keys.artifacts_of(run), None), BY_OWNER.name)]
        else:
            _, run_id = keys.entity_of(run)
            between = sort_keys.under(str(run_id))
            shards = (keys.shard(keys.ARTIFACT, number) for number in range(self.shards.read))
            queries = [Query(in_index(BY_NAME, one, between), BY_NAME.name) for one in shards]
        for entry in chain.from_iterable(self.table.query_each(queries)):
            yield keys.entity_of(keys.of(entry))[1]

    def data(self, ids: Iterable[UUID]) -> dict[UUID, Any]:
        """Return the data of artifacts, by their ids."""
        found = self.table.read_many([keys.artifact(artifact_id) for artifact_id in ids])
        artifacts = (artifact_items.read_artifact(item).artifact for item in found.values())
        return {artifact.id: artifact.data for artifact in artifacts}

    def latest(self, of: Iterable[str]) -> set[UUID]:
        """Return the ids of the latest artifacts of keys."""
        found = self.table.read_many([keys.artifact_collection(key) for key in of])
        seen = map(artifact_items.read_collection, found.values())
        return {one.collection.latest_id for one in seen}

    def create(self, artifact: Artifact, collection_id: UUID) -> None:
        """Store a new artifact; it is the latest of its key.

        The id is that of the collection, if the key is new.
        """
        self._write(*self.creation_writes(SeenArtifact(artifact), collection_id))

    def creation_writes(self, new: SeenArtifact, collection_id: UUID) -> Iterator[Write]:
        """Yield the writes of a new artifact, with those of its key's collection."""
        yield from artifact_items.new_writes(new, shards=self.shards.written)
        yield from self._as_latest(new.artifact, collection_id)

    def _as_latest(self, artifact: Artifact, collection_id: UUID) -> Iterator[Write]:
        if artifact.key is None:
            return
        seen = self.read_collection(artifact.key)
        if seen is None:
            args = artifact, artifact.key, collection_id, artifact.created
            first = SeenCollection(ArtifactCollection.of(*args))
            yield artifact_items.put_collection(first, ABSENT)
        else:
            yield self._replaced(seen, artifact)

    @staticmethod
    def _replaced(seen: SeenCollection, latest: Artifact, **changes: object) -> Write:
        changed = seen.collection.with_latest(latest).replace(**changes)
        after = SeenCollection(changed, seen.version + 1)
        return artifact_items.put_collection(after, has_version(seen.version))

    def rewrite(self, seen: SeenArtifact, artifact: Artifact, beside: Sequence[Write] = ()) -> None:
        """Replace an artifact that was read; `beside` are writes of the same transaction."""
        put = artifact_items.rewrite(seen, artifact, shards=self.shards.written)
        latest = self._where_latest(artifact)
        self._write(put, *([self._replaced(latest, artifact)] if latest else ()), *beside)

    def delete(self, seen: SeenArtifact, beside: Sequence[Write] = ()) -> None:
        """Remove an artifact; if it is the latest of its key, the one before it follows."""
        latest = self._where_latest(seen.artifact)
        succession = self._succession(latest, seen.artifact) if latest else ()
        self._write(*artifact_items.removal_writes(seen), *succession, *beside)

    def _where_latest(self, artifact: Artifact) -> SeenCollection | None:
        """Return the collection of which an artifact is the latest."""
        seen = self.read_collection(artifact.key) if artifact.key is not None else None
        return seen if seen and seen.collection.latest_id == artifact.id else None

    def _succession(self, seen: SeenCollection, removed: Artifact) -> Iterator[Write]:
        before = self._newest_but(removed, seen.collection.key)
        if before is None:
            collection = keys.artifact_collection(seen.collection.key)
            yield Delete(collection, has_version(seen.version))
            return
        latest = before.artifact
        yield self._replaced(seen, latest, created=latest.created)
        yield Add(keys.artifact(latest.id), {"version": 1}, has_version(before.version))

    def _newest_but(self, removed: Artifact, key: str) -> SeenArtifact | None:
        pointers = in_partition(keys.artifact_key(key))
        newest = map(items.pointed_to, self.table.query(Query(pointers, reverse=True, page=2)))
        other = next((found for found in newest if found != removed.id), None)
        if other is None:
            return None
        seen = self.read(other)
        if seen is None:
            raise WriteConflict(str(other))
        return seen

    def _write(self, *writes: Write) -> None:
        try:
            self.table.write(*writes)
        except ConditionFailed as failed:
            raise WriteConflict("an artifact or its collection changed") from failed
