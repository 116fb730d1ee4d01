"""What filters, orders and counts look at: the part of a task run that indexes carry."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from runledger.domain.runs.states import StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import Value


class TaskRunFacts(Value):
    """A task run, as far as a criterion or an order can ask about it."""

    id: UUID
    created: datetime
    name: str
    flow_run_id: UUID | None = None
    tags: tuple[str, ...] = ()
    state_type: StateType
    state_name: str
    state_timestamp: datetime
    expected_start_time: datetime | None = None
    next_scheduled_start_time: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    total_run_time: timedelta = timedelta(0)
    subflow_runs: int = 0

    @classmethod
    def of(cls, run: TaskRun, *, subflow_runs: int = 0) -> "TaskRunFacts":
        """Extract the facts; `subflow_runs` counts the flow runs that name this run as parent."""
        if run.state is None:
            raise ValueError(f"task run {run.id} has no state yet")
        facts: dict[str, Any] = {field: getattr(run, field, None) for field in cls.model_fields}
        facts |= {"state_timestamp": run.state.timestamp, "subflow_runs": subflow_runs}
        return cls.model_construct(None, **facts)
