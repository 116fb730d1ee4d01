"""Shared parts of request bodies (docs/contract/task-runs.md 1.2)."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict

from runledger import ids
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.domain.values import Value

MAX_PARAMETERS = 524_288

# A falsy name is replaced by a generated one.
Name = Annotated[str | None, BeforeValidator(lambda given: given or None)]


def bound_parameters(parameters: dict[str, Any]) -> dict[str, Any]:
    """Refuse parameters above the reference's size limit."""
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
    """A proposed state, without the id and the timestamp that the server sets."""

    type: StateType
    name: str | None = None
    message: str | None = None
    data: Any = None
    state_details: StateDetails = StateDetails.model_construct()

    def proposed(self, now: datetime) -> State:
        """Return the proposed state with a new id and the timestamp `now`."""
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


class SetState(Value):
    """POST /task_runs/{id}/set_state and /flow_runs/{id}/set_state: named parameters."""

    state: StateCreate
    force: bool = False


PENDING = StateCreate.model_construct(type=StateType.PENDING)
