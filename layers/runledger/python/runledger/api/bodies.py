"""Parts of bodies that are one object, as the reference reads them (contract, task-runs 1.2)."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict

from runledger import ids
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.domain.values import Value

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


class SetState(Value):
    """POST /task_runs/{id}/set_state and its like for flow runs: named parameters."""

    state: StateCreate
    force: bool = False


PENDING = StateCreate(type=StateType.PENDING)
