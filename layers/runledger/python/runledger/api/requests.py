"""Bodies that are one object, as the reference reads them (contract, task-runs 1.2 and 3)."""

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, RootModel, field_validator

from runledger import ids
from runledger.domain.runs.empirical_policies import FlowRunPolicy, TaskRunPolicy
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.domain.runs.task_runs import TaskInputs, TaskRun
from runledger.domain.values import Labels, Time, Value

MAX_CACHE_KEY = 2000
MAX_PARAMETERS = 524_288

# Any falsy value asks for a generated name.
Name = Annotated[str | None, BeforeValidator(lambda given: given or None)]


def bound_parameters(parameters: dict[str, Any]) -> dict[str, Any]:
    """Refuse what the reference has no room for."""
    size = len(json.dumps(parameters, separators=(",", ":")).encode())
    if size > MAX_PARAMETERS:
        raise ValueError(
            f"Flow run parameters must be less than {MAX_PARAMETERS:,} bytes"
            f" when serialized (got {size:,} bytes)."
        )
    return parameters


Parameters = Annotated[dict[str, Any], AfterValidator(bound_parameters)]


class Body(Value):
    """A request body that is one object: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class StateCreate(Body):
    """A state as a client proposes it; its id and its time are the server's."""

    type: StateType
    name: str | None = None
    message: str | None = None
    data: Any = None
    state_details: StateDetails = StateDetails()

    def proposed(self, now: datetime) -> State:
        """Return the state, entered now."""
        details = self.state_details
        if self.type == StateType.SCHEDULED and details.scheduled_time is None:
            details = details.replace(scheduled_time=now)
        return State.model_construct(
            id=ids.state_id(now),
            type=self.type,
            name=self.type.capitalize() if self.name is None else self.name,
            timestamp=now,
            message=self.message,
            data=self.data,
            state_details=details,
        )


PENDING = StateCreate(type=StateType.PENDING)


class SetState(Value):
    """POST /task_runs/{id}/set_state and its like for flow runs: named parameters."""

    state: StateCreate
    force: bool = False


class TaskRunCreate(Body):
    """POST /task_runs/."""

    id: UUID | None = None
    state: StateCreate | None = None
    name: Name = None
    flow_run_id: UUID | None = None
    task_key: str
    dynamic_key: str
    cache_key: str | None = None
    cache_expiration: Time | None = None
    task_version: str | None = None
    empirical_policy: TaskRunPolicy = TaskRunPolicy()
    tags: list[str] = []
    labels: Labels | None = {}
    task_inputs: TaskInputs = {}

    @field_validator("cache_key")
    @classmethod
    def bound_cache_key(cls, key: str | None) -> str | None:
        """Refuse what the reference has no room for."""
        if key is not None and len(key) > MAX_CACHE_KEY:
            raise ValueError(
                f"Cache key exceeded maximum allowed length of {MAX_CACHE_KEY} characters."
            )
        return key

    def to_run(self, now: datetime) -> TaskRun:
        """Return the run asked for, which has no state yet."""
        asked = {field: getattr(self, field) for field in type(self).model_fields}
        return TaskRun.model_construct(
            **asked
            | {
                "id": self.id or ids.run_id(),
                "name": self.name or ids.name(),
                "tags": tuple(self.tags),
                "labels": self.labels or {},
                "state": None,
                "created": now,
                "updated": now,
            }
        )

    def proposed(self, now: datetime) -> State:
        """Return the first state asked for, PENDING by default."""
        return (self.state or PENDING).proposed(now)


class TaskRunUpdate(Body):
    """PATCH /task_runs/{id}."""

    name: Name = None

    def new_name(self) -> str | None:
        """Return the name to give, or None where none was asked for."""
        return (self.name or ids.name()) if "name" in self.model_fields_set else None


class FlowCreate(Body):
    """POST /flows/."""

    name: str = Field(pattern=r"^[^/%&><]+$")
    tags: list[str] = []
    labels: Labels | None = {}

    def to_flow(self, now: datetime) -> Flow:
        """Return the flow asked for."""
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
        """Return what is to change."""
        return {"tags": tuple(self.tags)} if "tags" in self.model_fields_set else {}


class FlowRunCreate(Body):
    """POST /flow_runs/."""

    state: StateCreate | None = None
    name: Name = None
    flow_id: UUID
    flow_version: str | None = None
    parameters: Parameters = {}
    context: dict[str, Any] = {}
    parent_task_run_id: UUID | None = None
    infrastructure_document_id: UUID | None = None
    empirical_policy: FlowRunPolicy = FlowRunPolicy()
    tags: list[str] = []
    labels: Labels | None = {}
    idempotency_key: str | None = None
    work_pool_name: str | None = None
    work_queue_name: str | None = None
    job_variables: dict[str, Any] | None = None
    deployment_id: UUID | None = None

    def to_run(self, now: datetime) -> FlowRun:
        """Return the flow run asked for, which has no state yet."""
        asked = {
            field: getattr(self, field) for field in FlowRun.model_fields if hasattr(self, field)
        }
        return FlowRun.model_construct(
            **asked
            | {
                "id": ids.run_id(),
                "name": self.name or ids.name(),
                "tags": tuple(self.tags),
                "labels": self.labels or {},
                "job_variables": self._job_variables(),
                "work_pool_name": self.work_pool_name or None,
                "state": None,
                "created": now,
                "updated": now,
            }
        )

    def _job_variables(self) -> dict[str, Any] | None:
        # The reference writes a run with a key past the default that others get.
        return self.job_variables if self.idempotency_key else self.job_variables or {}

    def proposed(self, now: datetime) -> State:
        """Return the first state asked for, PENDING by default."""
        return (self.state or PENDING).proposed(now)


class FlowRunLabels(RootModel[Labels]):
    """PATCH /flow_runs/{id}/labels."""


class FlowRunUpdate(Body):
    """PATCH /flow_runs/{id}; only the keys that are sent change."""

    name: Name = None
    flow_version: str | None = None
    parameters: Parameters = {}
    empirical_policy: FlowRunPolicy = FlowRunPolicy()
    tags: list[str] = []
    infrastructure_pid: str | None = None
    job_variables: dict[str, Any] | None = None

    def changes(self) -> dict[str, Any]:
        """Return what is to change."""
        sent = {field: getattr(self, field) for field in self.model_fields_set}
        if "tags" in sent:
            sent["tags"] = tuple(self.tags)
        return sent | ({"name": self.name or ids.name()} if "name" in sent else {})
