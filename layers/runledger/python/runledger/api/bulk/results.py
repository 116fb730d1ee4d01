"""Response bodies of operations on many objects (docs/contract/neighbours.md 11)."""

from typing import Any, Literal, Self
from uuid import UUID

from runledger.api.responses import OrchestrationResult
from runledger.domain.orchestration.transitions import Decision, Status
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.domain.values import Value


class FlowBulkDeleteResponse(Value):
    """The flows that were deleted."""

    deleted: list[UUID]


class FlowRunBulkDeleteResponse(Value):
    """The flow runs that were deleted."""

    deleted: list[UUID]


class DeploymentBulkDeleteResponse(Value):
    """The deployments that were deleted."""

    deleted: list[UUID]


class FlowRunOrchestrationResult(Value):
    """The outcome of the state that was proposed for one of the flow runs."""

    flow_run_id: UUID
    status: Status
    state: State | None
    details: dict[str, Any]

    @classmethod
    def of(cls, run_id: UUID, outcome: Decision[FlowRun] | str) -> "FlowRunOrchestrationResult":
        """Return the outcome: the decision, or why there is none."""
        if isinstance(outcome, str):
            details = {"type": "abort_details", "reason": outcome}
            return cls(flow_run_id=run_id, status=Status.ABORT, state=None, details=details)
        decided = OrchestrationResult.of(outcome)
        return cls.model_construct(
            flow_run_id=run_id,
            status=decided.status,
            state=decided.state,
            details=decided.details,
        )


class FlowRunBulkSetStateResponse(Value):
    """The outcomes of a state that was proposed for several flow runs."""

    results: list[FlowRunOrchestrationResult]


class FlowRunCreateResult(Value):
    """A flow run of the request: the one that it has now, or why it has none."""

    flow_run_id: UUID | None
    status: Literal["CREATED", "FAILED"]
    error: str | None

    @classmethod
    def of(cls, outcome: UUID | str) -> Self:
        """Return the outcome: the run's id, or why there is none."""
        if isinstance(outcome, str):
            return cls(flow_run_id=None, status="FAILED", error=outcome)
        return cls(flow_run_id=outcome, status="CREATED", error=None)


class FlowRunBulkCreateResponse(Value):
    """The outcomes of flow runs that were to be created together."""

    results: list[FlowRunCreateResult]
