"""The task run, its inputs, and its place in a queue of background runs."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import model_serializer

from runledger.domain.runs.empirical_policies import TaskRunPolicy
from runledger.domain.runs.states import AWAITING_RETRY, State, StateType, is_taken_up, is_waiting
from runledger.domain.values import Labels, Value

# Begins the name of a client's own queue.
OWN_QUEUE = "client:"

# The sources of a task run's parameters (docs/contract/task-runs.md 2.4). Clients see the names of
# these classes: pydantic puts them into the `loc` of an error.


class Input(Value):
    """The base class of the inputs below."""

    @model_serializer
    def _whole(self) -> dict[str, Any]:
        # Serialize the type even where defaults are omitted: an id alone would be a task run's.
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
    """A plain value, of which only the type is stored."""

    input_type: Literal["constant"] = "constant"
    type: str


TaskInputs = dict[str, list[TaskRunResult | FlowRunResult | Parameter | Constant]]


class TaskRun(Value):
    """A task run; its 27 fields are in the order of the wire (docs/contract/task-runs.md 2.1).

    The state is None only before the first state is set.
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
    empirical_policy: TaskRunPolicy = TaskRunPolicy.model_construct()
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

    @property
    def state_timestamp(self) -> datetime | None:
        """The timestamp of the current state."""
        return self.state.timestamp if self.state else None

    def counting(self, new_state: State) -> dict[str, object]:
        """Return the change of the count of attempts with a new state."""
        return {"run_count": self.run_count + (new_state.type == StateType.RUNNING)}

    def own(self, state: State) -> State:
        """Return the state with this run's ids in its details, instead of the client's."""
        return state.belonging_to(flow_run_id=self.flow_run_id, task_run_id=self.id)


class WaitingRun(Value):
    """A background run that waits for a worker, in the queue of its task key.

    Retries come before new runs; among equals the oldest comes first.
    """

    run_id: UUID
    state_id: UUID
    queue: str
    retry: bool
    since: datetime
    acknowledged: bool = False
    """Whether a lost worker had acknowledged it."""


def task_queue(task_key: str) -> str:
    """Return the name of a task key's queue."""
    return f"task:{task_key}"


def own_queue(client_id: str) -> str:
    """Return the name of a client's own queue, of runs that it once acknowledged."""
    return f"{OWN_QUEUE}{client_id}"


def is_own_queue(queue: str) -> bool:
    """Return whether a queue is a client's own."""
    return queue.startswith(OWN_QUEUE)


def is_unstarted(run: TaskRun, queued: WaitingRun) -> bool:
    """Return whether a queued run still has to be started.

    This includes a run that a lost worker acknowledged and took up, but did not start.
    """
    if queued.acknowledged and is_taken_up(run.state):
        return True
    return run.state_id == queued.state_id and is_waiting(run.state)


def goes_on_waiting(before: TaskRun, after: TaskRun) -> bool:
    """Return whether a change leaves a background run to the worker that holds it, unstarted."""
    return after.state_id == before.state_id or is_taken_up(after.state)


def waiting_run(run: TaskRun, state: State) -> WaitingRun:
    """Return the queue entry of a run in the state."""
    return WaitingRun(
        run_id=run.id,
        state_id=state.id,
        queue=task_queue(run.task_key),
        retry=state.name == AWAITING_RETRY,
        since=state.timestamp,
    )
