"""Bodies of named parameters that ask for lists (contract, task-runs 3.5)."""

from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from runledger.domain.errors import Invalid
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.sorting import TaskRunSort
from runledger.domain.values import Value

MOST_RUNS = 200

WHOLE_NUMBER: TypeAdapter[int] = TypeAdapter(int)


def check_limit(given: object) -> object:
    """Check the range of a limit, before anything else is checked about the body.

    Raises:
        Invalid: it is out of range.
    """
    try:
        limit = WHOLE_NUMBER.validate_python(given)
    except ValidationError:
        return given
    if limit < 0:
        raise Invalid("Invalid limit: must be greater than or equal to 0.")
    if limit > MOST_RUNS:
        raise Invalid(f"Invalid limit: must be less than or equal to {MOST_RUNS}.")
    return limit


class ReadTaskRuns(Value):
    """POST /task_runs/filter; the order of the fields is that of the reference's errors."""

    limit: int = MOST_RUNS
    sort: TaskRunSort = TaskRunSort.ID_DESC
    offset: Annotated[int, Field(ge=0)] = 0
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None

    @field_validator("limit", mode="before")
    @classmethod
    def bound_limit(cls, given: object) -> object:
        """Refuse a limit out of range."""
        return check_limit(given)

    def criteria(self) -> Criteria:
        """Return which runs are wanted."""
        return Criteria.model_construct(
            flows=self.flows,
            flow_runs=self.flow_runs,
            task_runs=self.task_runs,
            deployments=self.deployments,
        )
