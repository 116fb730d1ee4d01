"""Response bodies that are not domain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from runledger.domain.documents import Document
from runledger.domain.orchestration.transitions import Decision, Refusal, Status, Wait
from runledger.domain.runs.empirical_policies import TaskRunPolicy
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskInputs, TaskRun
from runledger.domain.values import Value

T = TypeVar("T")


class OrchestrationResult(Value):
    """The outcome of a proposed state (docs/contract/task-runs.md 3.4)."""

    state: State | None
    status: Status
    details: dict[str, Any]

    @classmethod
    def of(cls, decision: Decision[Any]) -> "OrchestrationResult":
        state = decision.run.state
        stored = state and state.as_stored()
        return cls.model_construct(
            # Unpersisted data are answered.
            state=stored if stored and stored.data is not None else state,
            status=decision.status,
            details=_details(decision.refusal),
        )


def _details(refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {"type": "accept_details"}
    kind = {"type": f"{type(refusal).__name__.lower()}_details"}
    wait = {"delay_seconds": refusal.delay_seconds} if isinstance(refusal, Wait) else {}
    return {**kind, **wait, "reason": refusal.reason}


class TaskRunResponse(Value):
    """A task run in a page; its fields are in the order of the wire.

    See docs/contract/task-runs.md 2.2.
    """

    id: UUID
    created: datetime
    updated: datetime
    name: str
    flow_run_id: UUID | None
    task_key: str
    state_id: UUID | None
    state: State | None
    task_version: str | None
    task_inputs: TaskInputs
    empirical_policy: TaskRunPolicy
    tags: tuple[str, ...]
    start_time: datetime | None
    end_time: datetime | None
    total_run_time: timedelta
    estimated_run_time: timedelta
    estimated_start_time_delta: timedelta

    @classmethod
    def of(cls, run: Document[TaskRun]) -> "Document[TaskRunResponse]":
        return Document({field: run[field] for field in cls.model_fields})


@dataclass(frozen=True)
class Paginated(Generic[T]):
    """A page of a search; `count` is that of all pages (docs/contract/task-runs.md 3.5)."""

    results: Sequence[T]
    count: int
    limit: int
    pages: int
    page: int

    @classmethod
    def of(cls, results: Sequence[T], count: int, *, limit: int, page: int) -> "Paginated[T]":
        return cls(results, count, limit, -(-count // limit) if limit else 0, page)
