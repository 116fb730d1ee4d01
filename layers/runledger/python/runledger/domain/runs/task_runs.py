"""The task run, as it is stored and as it goes over the wire."""

from datetime import datetime, timedelta
from uuid import UUID

from runledger.domain.runs.empirical_policies import TaskRunPolicy
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_inputs import TaskInputs
from runledger.domain.values import Labels, Value


class TaskRun(Value):
    """A task run; its 27 fields in the order of the wire (contract, task-runs 2.1).

    Only a run that has not been given its first state has none.
    """

    id: UUID
    created: datetime
    updated: datetime
    name: str
    flow_run_id: UUID | None = None
    task_key: str
    dynamic_key: str
    cache_key: str | None = None
    cache_expiration: datetime | None = None
    task_version: str | None = None
    empirical_policy: TaskRunPolicy = TaskRunPolicy()
    tags: tuple[str, ...] = ()
    labels: Labels | None = None
    state_id: UUID | None = None
    task_inputs: TaskInputs = {}
    state_type: StateType | None = None
    state_name: str | None = None
    run_count: int = 0
    flow_run_run_count: int = 0
    expected_start_time: datetime | None = None
    next_scheduled_start_time: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    total_run_time: timedelta = timedelta(0)
    estimated_run_time: timedelta = timedelta(0)
    estimated_start_time_delta: timedelta = timedelta(0)
    state: State | None = None

    def counting(self, entered: State) -> dict[str, object]:
        """Return what changes of the count of attempts with a new state."""
        return {"run_count": self.run_count + (entered.type == StateType.RUNNING)}

    def own(self, state: State) -> State:
        """Return the state with this run's ids in its details, whatever a client put there."""
        return state.belonging_to(flow_run_id=self.flow_run_id, task_run_id=self.id)
