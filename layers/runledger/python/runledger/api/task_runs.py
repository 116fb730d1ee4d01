"""Request bodies of task runs (docs/contract/task-runs.md 3)."""

from datetime import datetime
from uuid import UUID

from pydantic import field_validator

from runledger import ids
from runledger.api.bodies import PENDING, Body, Name, StateCreate
from runledger.domain.runs.empirical_policies import TaskRunPolicy
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskInputs, TaskRun
from runledger.domain.values import Labels, Time

MAX_CACHE_KEY = 2000


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
    empirical_policy: TaskRunPolicy = TaskRunPolicy.model_construct()
    tags: list[str] = []
    labels: Labels | None = {}
    task_inputs: TaskInputs = {}

    @field_validator("cache_key")
    @classmethod
    def bound_cache_key(cls, key: str | None) -> str | None:
        """Refuse keys above the reference's length limit."""
        if key is not None and len(key) > MAX_CACHE_KEY:
            raise ValueError(
                f"Cache key exceeded maximum allowed length of {MAX_CACHE_KEY} characters."
            )
        return key

    def to_run(self, now: datetime) -> TaskRun:
        """Return the task run, without a state."""
        fields = {field: getattr(self, field) for field in type(self).model_fields}
        return TaskRun.model_construct(
            **fields
            | {
                "id": self.id or ids.task_run_id(now),
                "name": self.name or ids.name(),
                "tags": tuple(self.tags),
                "labels": self.labels or {},
                "state": None,
                "created": now,
                "updated": now,
            }
        )

    def proposed(self, now: datetime) -> State:
        """Return the first state, by default PENDING."""
        return (self.state or PENDING).proposed(now)


class TaskRunUpdate(Body):
    """PATCH /task_runs/{id}."""

    name: Name = None

    def new_name(self) -> str | None:
        """Return the new name, or None if the body has no name."""
        return (self.name or ids.name()) if "name" in self.model_fields_set else None
