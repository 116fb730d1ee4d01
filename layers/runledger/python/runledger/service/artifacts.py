"""Use cases of artifacts: create, read, change and delete them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from runledger import ids
from runledger.domain.artifacts import Artifact
from runledger.domain.errors import NotFound, WriteConflict
from runledger.service.retries import retry_on_conflict
from runledger.store.artifacts.artifact_items import SeenArtifact
from runledger.store.artifacts.artifacts import ArtifactStore
from runledger.store.store import Store

NOT_FOUND = "Artifact not found."


def create(store: Store, artifact: Artifact) -> Artifact:
    """Create an artifact; it becomes the latest of its key."""
    collection_id = ids.run_id()
    retry_on_conflict(lambda: ArtifactStore.of(store).create(artifact, collection_id))
    return artifact


def read(store: Store, artifact_id: UUID) -> Artifact:
    """Return the artifact.

    Raises:
        NotFound: there is none.
    """
    return _found(store, artifact_id).artifact


def read_latest(store: Store, key: str) -> Artifact:
    """Return the latest artifact of a key.

    Raises:
        NotFound: there is none.
    """
    artifacts = ArtifactStore.of(store)

    def attempt() -> Artifact:
        seen = artifacts.read_collection(key)
        if seen is None:
            raise NotFound(NOT_FOUND)
        completed = artifacts.complete([seen.collection])
        if not completed:
            raise WriteConflict(key)
        return completed[0].as_artifact()

    return retry_on_conflict(attempt)


def change(store: Store, artifact_id: UUID, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Change fields of an artifact.

    Raises:
        NotFound: there is none.
    """

    def attempt() -> None:
        seen = _found(store, artifact_id)
        changed = seen.artifact.replace(**changes, updated=now)
        ArtifactStore.of(store).rewrite(seen, changed)

    retry_on_conflict(attempt)


def delete(store: Store, artifact_id: UUID) -> None:
    """Remove an artifact; if it is the latest of its key, the one before it follows.

    Raises:
        NotFound: there is none.
    """
    retry_on_conflict(lambda: ArtifactStore.of(store).delete(_found(store, artifact_id)))


def _found(store: Store, artifact_id: UUID) -> SeenArtifact:
    seen = ArtifactStore.of(store).read(artifact_id)
    if seen is None:
        raise NotFound(NOT_FOUND)
    return seen
