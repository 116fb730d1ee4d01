"""Request bodies of flows (docs/contract/neighbours.md 2)."""

from datetime import datetime
from typing import Any

from pydantic import Field

from runledger import ids
from runledger.api.bodies import Body
from runledger.domain.runs.flows import Flow
from runledger.domain.values import Labels


class FlowCreate(Body):
    """POST /flows/."""

    name: str = Field(pattern=r"^[^/%&><]+$")
    tags: list[str] = []
    labels: Labels | None = {}

    def to_flow(self, now: datetime) -> Flow:
        return Flow(
            id=ids.run_id(),
            created=now,
            updated=now,
            name=self.name,
            tags=tuple(self.tags),
            labels=self.labels,
        )


class FlowUpdate(Body):
    """PATCH /flows/{id}."""

    tags: list[str] = []

    def changes(self) -> dict[str, Any]:
        return {"tags": tuple(self.tags)} if "tags" in self.model_fields_set else {}
