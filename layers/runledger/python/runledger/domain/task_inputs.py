"""Where a task run's parameters came from (contract, task-runs 2.4).

The class names are part of the contract: pydantic puts them into the `loc` of an error. The
defaults come from factories so that a document stored without its defaults keeps the kind.
"""

from typing import Literal
from uuid import UUID

from pydantic import Field

from runledger.domain.values import Value


class TaskRunResult(Value):
    """The result of another task run."""

    input_type: Literal["task_run"] = Field(default_factory=lambda: "task_run")
    id: UUID


class FlowRunResult(Value):
    """The result of a flow run."""

    input_type: Literal["flow_run"] = Field(default_factory=lambda: "flow_run")
    id: UUID


class Parameter(Value):
    """A parameter of the enclosing flow run."""

    input_type: Literal["parameter"] = Field(default_factory=lambda: "parameter")
    name: str


class Constant(Value):
    """A plain value, of which only the type is kept."""

    input_type: Literal["constant"] = Field(default_factory=lambda: "constant")
    type: str


TaskInputs = dict[str, list[TaskRunResult | FlowRunResult | Parameter | Constant]]
