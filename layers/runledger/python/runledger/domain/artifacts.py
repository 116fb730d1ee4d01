"""Artifacts, and for each key the latest of them (docs/contract/documents.md 4)."""

import re
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator

from runledger.domain.errors import Conflict
from runledger.domain.runs.bookkeeping import TICK
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import OF_ARTIFACT
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import Sort
from runledger.domain.values import Value

# As in the reference, an empty key is one, and a key may end in a newline.
KEY = re.compile(r"^[a-z0-9-]*$")

# Characters of a text in the metadata; what is cut off is replaced by dots.
MAX_METADATA = 500

# The fields that no filter and no order uses.
CONTENT = frozenset({"data", "description", "metadata_"})


def _checked_key(key: str) -> str:
    if not KEY.match(key):
        raise ValueError("Artifact key must only contain lowercase letters, numbers, and dashes.")
    return key


def _shortened(metadata: dict[str, str]) -> dict[str, str]:
    return {
        name: text if len(text) <= MAX_METADATA else f"{text[:MAX_METADATA]}..."
        for name, text in metadata.items()
    }


ArtifactKey = Annotated[str, AfterValidator(_checked_key)]
Metadata = Annotated[dict[str, str], AfterValidator(_shortened)]


class Artifact(Value):
    """An artifact; its fields are in the order of the wire."""

    id: UUID
    created: datetime
    updated: datetime
    key: str | None = None
    type: str | None = None
    description: str | None = None
    data: Any = None
    metadata_: dict[str, str] | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None


def of_result(artifact_id: UUID, run: TaskRun | FlowRun) -> Artifact:
    """Return the artifact of the data of a run's state; an empty text describes nothing.

    That of a parent task run's copy of a state comes after the subflow run's own.

    Raises:
        Conflict: what the data say of the artifact are no texts.
    """
    flow_run_id, task_run_id = (
        (run.flow_run_id, run.id) if isinstance(run, TaskRun) else (run.id, None)
    )
    is_copy = run.state is not None and run.state.state_details.child_flow_run_id is not None
    created = run.updated + TICK if is_copy else run.updated
    return Artifact(
        id=artifact_id,
        created=created,
        updated=created,
        data=run.state and run.state.as_stored().data,
        flow_run_id=flow_run_id,
        task_run_id=task_run_id,
        **_described(run.state and run.state.data),
    )


def _described(data: object) -> dict[str, Any]:
    known = data if isinstance(data, dict) else {}
    said = {key: known[key] for key in OF_ARTIFACT if known.get(key)}
    if not all(isinstance(text, str) for text in said.values()):
        raise Conflict(f"{' and '.join(sorted(said))} must be texts")
    return {key.removeprefix("artifact_"): text for key, text in said.items()}


class ArtifactCollection(Value):
    """The latest artifact of a key, under an id and a time of creation of the key's own."""

    id: UUID
    created: datetime
    updated: datetime
    key: str
    latest_id: UUID
    type: str | None = None
    description: str | None = None
    data: Any = None
    metadata_: dict[str, str] | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None

    @classmethod
    def of(cls, latest: Artifact, key: str, own_id: UUID, created: datetime) -> Self:
        """Return the collection of a key whose latest artifact this is."""
        fields = dict(latest) | {"id": own_id, "created": created, "key": key}
        return cls(**fields, latest_id=latest.id)

    def with_latest(self, latest: Artifact) -> Self:
        """Return the collection with another artifact, or with this one as it is now."""
        own = {"id": self.id, "created": self.created, "key": self.key, "latest_id": latest.id}
        return self.replace(**dict(latest) | own)

    def as_artifact(self) -> Artifact:
        """Return the latest artifact as it is read by its key: with the collection's id."""
        return Artifact.model_construct(
            **{name: getattr(self, name) for name in Artifact.model_fields}
        )


class ArtifactSort(Sort):
    """The orders of artifacts and of collections, listed as in the reference's errors."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    ID_DESC = "ID_DESC"
    KEY_DESC = "KEY_DESC"
    KEY_ASC = "KEY_ASC"
