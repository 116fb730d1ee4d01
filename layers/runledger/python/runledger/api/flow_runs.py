"""Request and response bodies of flow runs (docs/contract/neighbours.md 3)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import RootModel

from runledger import ids
from runledger.api.bodies import PENDING, Body, Name, Parameters, StateCreate
from runledger.domain.runs.empirical_policies import FlowRunPolicy
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun, TaskRunResult
from runledger.domain.values import Labels, Value


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
    empirical_policy: FlowRunPolicy = FlowRunPolicy.model_construct()
    tags: list[str] = []
    labels: Labels | None = {}
    idempotency_key: str | None = None
    work_pool_name: str | None = None
    work_queue_name: str | None = None
    job_variables: dict[str, Any] | None = None
    deployment_id: UUID | None = None

    def to_run(self, now: datetime) -> FlowRun:
        """Return the flow run, without a state."""
        fields = {
            field: getattr(self, field) for field in FlowRun.model_fields if hasattr(self, field)
        }
        return FlowRun.model_construct(
            **fields
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
        # The reference's insert of a run with a key bypasses the default that others get.
        return self.job_variables if self.idempotency_key else self.job_variables or {}

    def proposed(self, now: datetime) -> State:
        """Return the first state, by default PENDING."""
        return (self.state or PENDING).proposed(now)


class FlowRunLabels(RootModel[Labels]):
    """PATCH /flow_runs/{id}/labels."""


class FlowRunUpdate(Body):
    """PATCH /flow_runs/{id}; only the keys that are sent change."""

    name: Name = None
    flow_version: str | None = None
    parameters: Parameters = {}
    empirical_policy: FlowRunPolicy = FlowRunPolicy.model_construct()
    tags: list[str] = []
    infrastructure_pid: str | None = None
    job_variables: dict[str, Any] | None = None

    def changes(self) -> dict[str, Any]:
        sent = {field: getattr(self, field) for field in self.model_fields_set}
        if "tags" in sent:
            sent["tags"] = tuple(self.tags)
        return sent | ({"name": self.name or ids.name()} if "name" in sent else {})


class DependencyResult(Value):
    """A task run and the task runs whose results it was given (docs/contract/clients.md 6)."""

    id: UUID
    name: str
    upstream_dependencies: tuple[TaskRunResult, ...]
    state: State | None
    expected_start_time: datetime | None
    start_time: datetime | None
    end_time: datetime | None
    total_run_time: timedelta | None
    estimated_run_time: timedelta | None
    untrackable_result: bool

    @classmethod
    def of(cls, run: TaskRun) -> "DependencyResult":
        own = {field: getattr(run, field) for field in cls.model_fields if hasattr(run, field)}
        given = (one for inputs in run.task_inputs.values() for one in inputs)
        upstream = dict.fromkeys(one for one in given if isinstance(one, TaskRunResult))
        untrackable = run.state is not None and run.state.state_details.untrackable_result
        return cls.model_construct(
            **own, upstream_dependencies=tuple(upstream), untrackable_result=untrackable
        )
