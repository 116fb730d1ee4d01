"""From events to task runs: which count, what they say, what becomes of the run.

See docs/contract/clients.md 5.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import BeforeValidator, ValidationError

from runledger.domain.events.events import RESOURCE_ID, Event
from runledger.domain.runs.empirical_policies import TaskRunPolicy
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.domain.runs.task_runs import TaskInputs, TaskRun
from runledger.domain.values import Labels, UtcTime, Value
from runledger.domain.websocket.task_workers import DISPENSABLE, IS_SHORTENED

ORCHESTRATION = "prefect.orchestration"

# Characters, and tags, that are left of a report whose name or tags no index takes.
MAX_NAME, MAX_TAG, MAX_TAGS = 1_000, 500, 50
SHORTENED = "The name and the tags of this task run were too long to be stored, and were shortened."

TASK_RUN, FLOW_RUN = "prefect.task-run", "prefect.flow-run"


class ReportedRun(Value):
    """What an event says of its run; the columns that it leaves out stay what they are."""

    name: str | None = None
    task_key: str
    dynamic_key: str
    cache_key: str | None = None
    cache_expiration: UtcTime | None = None
    task_version: str | None = None
    empirical_policy: TaskRunPolicy = TaskRunPolicy()
    tags: tuple[str, ...] = ()
    labels: Labels | None = None
    task_inputs: TaskInputs = {}
    run_count: int = 0
    flow_run_run_count: int = 0
    expected_start_time: UtcTime | None = None
    next_scheduled_start_time: UtcTime | None = None
    start_time: UtcTime | None = None
    end_time: UtcTime | None = None
    total_run_time: timedelta = timedelta(0)

    def columns(self, name: str) -> dict[str, Any]:
        """Return what is said, with a name in place of an empty one.

        A worker says nothing of what it was not told.
        """
        untold = DISPENSABLE if IS_SHORTENED in (self.labels or {}) else ()
        said = {field: getattr(self, field) for field in self.model_fields_set.difference(untold)}
        return said | ({"name": said["name"] or name} if "name" in said else {})


class ReportedState(Value):
    """What an event says of its run's new state."""

    type: StateType
    name: str | None = None
    message: str | None = None
    data: Any = None
    state_details: Annotated[StateDetails, BeforeValidator(lambda given: given or {})] = (
        StateDetails()
    )

    def entered(self, event: Event, now: datetime) -> State:
        """Return the state, which has the event's id and time."""
        details = self.state_details
        if self.type == StateType.SCHEDULED and details.scheduled_time is None:
            details = details.replace(scheduled_time=now)
        return State.model_construct(
            id=event.id,
            type=self.type,
            name=self.name or self.type.capitalize(),
            timestamp=event.occurred,
            message=self.message,
            data=self.data,
            state_details=details,
        )


class TaskRunReport(NamedTuple):
    """What an event says of a task run: its identity, its new state, and the columns it carries.

    `name` is for a run that is not given one. `begins` tells that the run had no state before, and
    that its client has not created it, as it does with a run that it schedules.
    """

    run_id: UUID
    flow_run_id: UUID | None
    columns: Mapping[str, Any]
    state: State
    name: str
    begins: bool

    @property
    def key(self) -> tuple[UUID | None, str, str]:
        """What identifies the run within its flow run."""
        return self.flow_run_id, self.columns["task_key"], self.columns["dynamic_key"]


class Recording(NamedTuple):
    """What is to be written: the run, unless it stays as it is, and the state that it had.

    Neither, where the event says nothing new.
    """

    run: TaskRun | None = None
    state: State | None = None


def counts(event: Event) -> bool:
    """Tell whether an event says something of a task run (docs/contract/clients.md 5.2)."""
    return event.event.startswith(TASK_RUN) and event.resource.get(ORCHESTRATION) == "client"


def reported(event: Event, *, name: str, now: datetime) -> TaskRunReport | None:
    """Return what an event says of a task run, if it says that as it should.

    See docs/contract/clients.md 5.3.
    """
    related = event.in_role("flow-run")
    # Reading a policy changes what it is read from, and the event is handed on as it came.
    payload = deepcopy(event.payload)
    try:
        state = ReportedState.model_validate(payload.get("validated_state")).entered(event, now)
        return TaskRunReport(
            run_id=_object_id(event.resource, TASK_RUN),
            flow_run_id=_object_id(related, FLOW_RUN) if related else None,
            columns=ReportedRun.model_validate(payload.get("task_run")).columns(name),
            state=state,
            name=name,
            begins=not payload.get("initial_state") and state.type != StateType.SCHEDULED,
        )
    except (ValueError, ValidationError):
        return None


def _object_id(resource: Mapping[str, str], kind: str) -> UUID:
    found, separator, object_id = resource[RESOURCE_ID].rpartition(".")
    if (found, separator) != (kind, "."):
        raise ValueError(f"{resource[RESOURCE_ID]} is no {kind}")
    return UUID(object_id)


def shortened(report: TaskRunReport) -> TaskRunReport:
    """Return a report whose name, tags and state's name fit every index; its state says so."""
    columns = dict(report.columns)
    if "name" in columns:
        columns["name"] = columns["name"][:MAX_NAME]
    if "tags" in columns:
        columns["tags"] = tuple(tag[:MAX_TAG] for tag in columns["tags"][:MAX_TAGS])
    state = report.state
    message = f"{state.message}\n{SHORTENED}" if state.message else SHORTENED
    state = state.replace(name=state.name[:MAX_NAME], message=message)
    return report._replace(columns=columns, state=state)


def recorded(
    seen: TaskRun | None, entered: Collection[State], report: TaskRunReport, *, now: datetime
) -> Recording:
    """Return what a report makes of a run, if there is one, and of the states it has (5.4).

    The newest state and what came with it are the run's, in whatever order they come in.
    """
    if seen is None:
        return _begun(report, now)
    state = report.state.belonging_to(task_run_id=seen.id, flow_run_id=report.flow_run_id)
    if any(state.id == known.id or state.timestamp == known.timestamp for known in entered):
        return Recording()
    if seen.state and state.timestamp <= seen.state.timestamp:
        return Recording(state=state)
    return Recording(_in_state(seen, report, state).replace(updated=now), state)


def _begun(report: TaskRunReport, now: datetime) -> Recording:
    named = {"name": report.name, **report.columns}
    run = TaskRun.model_construct(**named, id=report.run_id, created=now, updated=now)
    state = report.state.belonging_to(task_run_id=run.id, flow_run_id=report.flow_run_id)
    return Recording(_in_state(run, report, state), state)


def _in_state(run: TaskRun, report: TaskRunReport, state: State) -> TaskRun:
    return run.replace(
        **report.columns,
        flow_run_id=report.flow_run_id,
        state=state,
        state_id=state.id,
        state_type=state.type,
        state_name=state.name,
    )
