"""Where a task run's parameters came from (contract, task-runs 2.4).

The class names are part of the contract: pydantic puts them into the `loc` of an error.
"""

from typing import Literal
from uuid import UUID

from runledger.domain.values import Value


class TaskRunResult(Value):
    """The result of another task run."""

    input_type: Literal["task_run"] = "task_run"
    id: UUID


class FlowRunResult(Value):
    """The result of a flow run."""

    input_type: Literal["flow_run"] = "flow_run"
    id: UUID


class Parameter(Value):
    """A parameter of the enclosing flow run."""

    input_type: Literal["parameter"] = "parameter"
    name: str


class Constant(Value):
    """A plain value, of which only the type is kept."""

    input_type: Literal["constant"] = "constant"
    type: str


TaskInputs = dict[str, list[TaskRunResult | FlowRunResult | Parameter | Constant]]
