"""Use cases of artifacts: create, read, change and delete them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from runledger import ids
from runledger.domain.artifacts import Artifact
from runledger.domain.errors import NotFound, WriteConflict
from runledger.parallel import map_all
from runledger.service.retries import retry_on_conflict
from runledger.store.artifacts.artifact_items import SeenArtifact
from runledger.store.artifacts.artifacts import ArtifactStore
from runledger.store.dynamodb.table import chunks
from runledger.store.result_data import ResultDataStore
from runledger.store.schema.keys import Key
from runledger.store.store import Store

NOT_FOUND = "Artifact not found."

# Artifacts of a run that are removed before the next ones are found.
PAGE = 256


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
    """Change fields of an artifact; its data are also those of the state whose result it is.

    Raises:
        NotFound: there is none.
    """

    def attempt() -> None:
        seen = _found(store, artifact_id)
        changed = seen.artifact.replace(**changes, updated=now)
        beside = ResultDataStore.of(store).writes(seen, changed.data) if "data" in changes else ()
        ArtifactStore.of(store).rewrite(seen, changed, beside)

    retry_on_conflict(attempt)


def delete(store: Store, artifact_id: UUID) -> None:
    """Remove an artifact; if it is the latest of its key, the one before it follows.

    The state whose result it is loses its data.

    Raises:
        NotFound: there is none.
    """

    def attempt() -> None:
        seen = _found(store, artifact_id)
        ArtifactStore.of(store).delete(seen, ResultDataStore.of(store).writes(seen, None))

    retry_on_conflict(attempt)


def delete_of_run(store: Store, run: Key) -> None:
    """Remove the artifacts of a run that leaves; its states are left to it."""
    artifacts = ArtifactStore.of(store)

    def delete_one(artifact_id: UUID) -> None:
        def attempt() -> None:
            seen = artifacts.read(artifact_id)
            if seen:
                artifacts.delete(seen)

        retry_on_conflict(attempt)

    for some in chunks(artifacts.ids_of(run), PAGE):
        map_all(delete_one, some)


def _found(store: Store, artifact_id: UUID) -> SeenArtifact:
    seen = ArtifactStore.of(store).read(artifact_id)
    if seen is None:
        raise NotFound(NOT_FOUND)
    return seen
