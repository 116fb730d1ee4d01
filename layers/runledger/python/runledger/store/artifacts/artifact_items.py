"""Artifacts as items: the document, and beside it what leads to it.

An artifact has its own partition. `by_owner` leads to it from its flow run, `by_name` from its task
run. In the partition of its key, an item points to it in the order of creation.
"""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from runledger.domain.artifacts import CONTENT, Artifact, ArtifactCollection
from runledger.store import items
from runledger.store.dynamodb.conditions import Condition
from runledger.store.dynamodb.expressions import ABSENT, has_version
from runledger.store.dynamodb.large_documents import PIECES
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.keys import Key


class SeenArtifact(NamedTuple):
    """An artifact as it was read: the version guards the next write.

    `state_id` is that of the state of its run whose result it is.
    """

    artifact: Artifact
    version: int = 1
    pieces: str | None = None
    state_id: UUID | None = None


class SeenCollection(NamedTuple):
    """A collection as it was read, without the content of its artifact."""

    collection: ArtifactCollection
    version: int = 1


def artifact_item(seen: SeenArtifact, *, shards: int) -> Item:
    """Spell an artifact."""
    artifact = seen.artifact
    flow_run_id, task_run_id = artifact.flow_run_id, artifact.task_run_id
    shard = keys.shard(keys.ARTIFACT, keys.shard_of(artifact.id, shards))
    item = items.new_item(
        keys.artifact(artifact.id),
        body=artifact.model_dump_json(exclude_defaults=True),
        facts=artifact.model_dump_json(exclude_defaults=True, exclude=set(CONTENT)),
        version=seen.version,
        shard=shard,
        id_shard=shard,
        expected_start=sort_keys.time_sort_key(artifact.created, artifact.created, artifact.id),
        owner=flow_run_id and keys.artifacts_of(keys.flow_run(flow_run_id)),
        name_key=task_run_id and sort_keys.join(task_run_id, artifact.id),
        id=str(artifact.id),
        state_id=seen.state_id and str(seen.state_id),
    )
    return items.check_facts(item)


def new_writes(new: SeenArtifact, *, shards: int) -> Iterator[Write]:
    """Yield the writes of a new artifact, without those of its key's collection."""
    artifact = new.artifact
    yield Put(artifact_item(new, shards=shards), ABSENT)
    if artifact.key is not None:
        yield Put(items.pointer_item(version_key(artifact, artifact.key), artifact.id))


def version_key(artifact: Artifact, key: str) -> Key:
    """The item that leads from the key of an artifact to it."""
    return keys.artifact_of_key(key, artifact.created, artifact.id)


def rewrite(seen: SeenArtifact, artifact: Artifact, *, shards: int) -> Put:
    """Return the write that replaces an artifact that was read."""
    after = SeenArtifact(artifact, seen.version + 1, state_id=seen.state_id)
    return Put(artifact_item(after, shards=shards), has_version(seen.version), seen.pieces)


def removal_writes(seen: SeenArtifact) -> Iterator[Write]:
    """Yield the writes that remove an artifact, without those of its key's collection."""
    artifact = seen.artifact
    yield Delete(keys.artifact(artifact.id), has_version(seen.version))
    if artifact.key is not None:
        yield Delete(version_key(artifact, artifact.key))


def read_artifact(item: Item) -> SeenArtifact:
    """Read an artifact from its item."""
    artifact = items.read_document(Artifact, item)
    state_id = item.get("state_id")
    return SeenArtifact(
        artifact, int(item["version"]), item.get(PIECES), UUID(state_id) if state_id else None
    )


def read_artifact_facts(entry: Item) -> Artifact:
    """Read an artifact without its content, from its item or an index entry."""
    return Artifact.model_validate_json(entry["facts"])


def put_collection(seen: SeenCollection, expect: Condition) -> Put:
    """Return the write of a collection, without the content of its artifact."""
    body = seen.collection.model_dump_json(exclude_defaults=True, exclude=set(CONTENT))
    key = keys.artifact_collection(seen.collection.key)
    return Put({**key._asdict(), "body": body, "version": seen.version}, expect)


def read_collection(item: Item) -> SeenCollection:
    """Read a collection from its item."""
    return SeenCollection(items.read_document(ArtifactCollection, item), int(item["version"]))
