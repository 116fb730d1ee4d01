"""Where a task run's parameters came from (contract, task-runs 2.4).

The class names are part of the contract: pydantic puts them into the `loc` of an error.
"""

from typing import Any, Literal
from uuid import UUID

from pydantic import model_serializer

from runledger.domain.values import Value


class Input(Value):
    """One of the kinds below."""

    @model_serializer
    def _whole(self) -> dict[str, Any]:
        # The kind is spelled even where defaults are left out: an id alone would be a task run's.
        return {field: getattr(self, field) for field in type(self).model_fields}


class TaskRunResult(Input):
    """The result of another task run."""

    input_type: Literal["task_run"] = "task_run"
    id: UUID


class FlowRunResult(Input):
    """The result of a flow run."""

    input_type: Literal["flow_run"] = "flow_run"
    id: UUID


class Parameter(Input):
    """A parameter of the enclosing flow run."""

    input_type: Literal["parameter"] = "parameter"
    name: str


class Constant(Input):
    """A plain value, of which only the type is kept."""

    input_type: Literal["constant"] = "constant"
    type: str


TaskInputs = dict[str, list[TaskRunResult | FlowRunResult | Parameter | Constant]]
