"""Request bodies of flow run inputs: named parameters."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, WithJsonSchema

from runledger import ids
from runledger.domain.runs.flow_run_inputs import FlowRunInput, FlowRunInputQuery
from runledger.domain.values import Value

# The reference's databases fail on larger numbers.
Limit = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class FlowRunInputCreate(Value):
    """POST /flow_runs/{id}/input; `value` is a text, although its type is bytes."""

    key: str
    value: Annotated[bytes, WithJsonSchema({"type": "string"})]
    sender: str | None = None

    def to_input(self, run_id: UUID, now: datetime) -> FlowRunInput:
        return FlowRunInput(
            id=ids.run_id(),
            created=now,
            updated=now,
            flow_run_id=run_id,
            key=self.key,
            value=self.value.decode(),
            sender=self.sender,
        )


class FilterFlowRunInput(Value):
    """POST /flow_runs/{id}/input/filter."""

    prefix: str
    limit: Limit = 1
    exclude_keys: list[str] = []

    def to_query(self) -> FlowRunInputQuery:
        return FlowRunInputQuery(**dict(self))


class ResumeFlowRun(Value):
    """POST /flow_runs/{id}/resume."""

    run_input: dict[str, Any] | None = None
