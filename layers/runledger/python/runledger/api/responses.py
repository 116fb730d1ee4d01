"""Answers that are not themselves domain values."""

from typing import Any

from runledger.domain.orchestration import Decision, Status
from runledger.domain.states import State
from runledger.domain.transitions import Refusal, Wait
from runledger.domain.values import Value


class OrchestrationResult(Value):
    """What became of a proposed state (contract, task-runs 3.4)."""

    state: State | None
    status: Status
    details: dict[str, Any]

    @classmethod
    def of(cls, decision: Decision[Any]) -> "OrchestrationResult":
        """Tell a decision."""
        return cls.model_construct(
            state=decision.run.state,
            status=decision.status,
            details=_details(decision.status, decision.refusal),
        )


def _details(status: Status, refusal: Refusal | None) -> dict[str, Any]:
    kind = {"type": f"{status.lower()}_details"}
    if refusal is None:
        return kind
    wait = {"delay_seconds": refusal.delay_seconds} if isinstance(refusal, Wait) else {}
    return {**kind, **wait, "reason": refusal.reason}
