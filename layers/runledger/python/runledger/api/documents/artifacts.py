"""Bodies of artifacts (docs/contract/documents.md 4); fields are in the order of the reference."""

from datetime import datetime
from typing import Any
from uuid import UUID

from runledger import ids
from runledger.api.bodies import Body
from runledger.api.queries import Limited, Skipping
from runledger.domain.artifacts import Artifact, ArtifactKey, ArtifactSort, Metadata
from runledger.domain.filters.artifacts import (
    ArtifactCollectionFilter,
    ArtifactCriteria,
    ArtifactFilter,
)
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.values import Value


class ArtifactCreate(Body):
    """POST /artifacts/."""

    key: ArtifactKey | None = None
    type: str | None = None
    description: str | None = None
    data: Any = None
    metadata_: Metadata | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None

    def to_artifact(self, now: datetime) -> Artifact:
        return Artifact(id=ids.run_id(), created=now, updated=now, **dict(self))


class ArtifactUpdate(Body):
    """PATCH /artifacts/{id}."""

    data: Any = None
    description: str | None = None
    metadata_: Metadata | None = None

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class ArtifactsSorted(Value):
    sort: ArtifactSort = ArtifactSort.ID_DESC


class CountArtifacts(Value):
    """POST /artifacts/count."""

    artifacts: ArtifactFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    flows: FlowFilter | None = None
    deployments: DeploymentFilter | None = None

    def criteria(self) -> ArtifactCriteria:
        fields = {name: getattr(self, name) for name in CountArtifacts.model_fields}
        return ArtifactCriteria.model_construct(**fields)


class ReadArtifacts(CountArtifacts, Skipping, ArtifactsSorted, Limited):
    """POST /artifacts/filter."""


class CountLatestArtifacts(CountArtifacts):
    """POST /artifacts/latest/count."""

    artifacts: ArtifactCollectionFilter | None = None  # type: ignore[assignment]


class ReadLatestArtifacts(CountLatestArtifacts, Skipping, ArtifactsSorted, Limited):
    """POST /artifacts/latest/filter."""
