"""The flow run, as stored and as sent to clients."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from runledger.domain.runs.empirical_policies import FlowRunPolicy
from runledger.domain.runs.states import State, StateType
from runledger.domain.values import Labels, Value


class FlowRun(Value):
    """A flow run; its 36 fields are in the order of the wire (docs/contract/neighbours.md 3.1).

    The state is None only before the first state is set.
    """

    id: UUID
    created: datetime
    updated: datetime
    name: str
    flow_id: UUID
    state_id: UUID | None = None
    deployment_id: UUID | None = None
    deployment_version: str | None = None
    work_queue_id: UUID | None = None
    work_queue_name: str | None = None
    flow_version: str | None = None
    parameters: dict[str, Any] = {}
    idempotency_key: str | None = None
    context: dict[str, Any] = {}
    empirical_policy: FlowRunPolicy = FlowRunPolicy.model_construct()
    tags: tuple[str, ...] = ()
    labels: Labels | None = None
    parent_task_run_id: UUID | None = None
    state_type: StateType | None = None
    state_name: str | None = None
    run_count: int = 0
    expected_start_time: datetime | None = None
    next_scheduled_start_time: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    total_run_time: timedelta = timedelta(0)
    estimated_run_time: timedelta = timedelta(0)
    estimated_start_time_delta: timedelta = timedelta(0)
    auto_scheduled: bool = False
    infrastructure_document_id: UUID | None = None
    infrastructure_pid: str | None = None
    created_by: dict[str, Any] | None = None
    work_pool_id: UUID | None = None
    work_pool_name: str | None = None
    state: State | None = None
    job_variables: dict[str, Any] | None = None

    def counting(self, new_state: State) -> dict[str, object]:
        """Return the change of the count of attempts with a new state.

        A run that was paused and then scheduled to go on is still in the same attempt.
        """
        if new_state.type != StateType.RUNNING:
            return {}
        if self.empirical_policy.resuming:
            return {"empirical_policy": self.empirical_policy.replace(resuming=False)}
        return {"run_count": self.run_count + 1}

    def own(self, state: State) -> State:
        """Return the state with this run's ids in its details, instead of the client's.

        The task run's id is set only for a subflow run.
        """
        parent = {"task_run_id": self.parent_task_run_id} if self.parent_task_run_id else {}
        return state.belonging_to(flow_run_id=self.id, **parent)
