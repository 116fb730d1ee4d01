"""Records events as task runs: selects and parses them, and updates the run.

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

# Limits of a shortened report: characters of names, characters of a tag, tags.
MAX_NAME, MAX_TAG, MAX_TAGS = 1_000, 500, 50
SHORTENED = "The name and the tags of this task run were too long to be stored, and were shortened."

TASK_RUN, FLOW_RUN = "prefect.task-run", "prefect.flow-run"


class ReportedRun(Value):
    """The run in an event; columns that it omits do not change."""

    name: str | None = None
    task_key: str
    dynamic_key: str
    cache_key: str | None = None
    cache_expiration: UtcTime | None = None
    task_version: str | None = None
    empirical_policy: TaskRunPolicy = TaskRunPolicy.model_construct()
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
        """Return the columns of the event; `name` replaces an empty one.

        A worker that received a shortened run does not report the omitted fields.
        """
        omitted = DISPENSABLE if IS_SHORTENED in (self.labels or {}) else ()
        sent = {field: getattr(self, field) for field in self.model_fields_set.difference(omitted)}
        return sent | ({"name": sent["name"] or name} if "name" in sent else {})


class ReportedState(Value):
    """The run's new state in an event."""

    type: StateType
    name: str | None = None
    message: str | None = None
    data: Any = None
    state_details: Annotated[StateDetails, BeforeValidator(lambda given: given or {})] = (
        StateDetails()
    )

    def to_state(self, event: Event, now: datetime) -> State:
        """Return the state, with the id and the time of the event."""
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
    """The task run in an event: its identity, its new state, and the columns that it carries.

    `name` is for a run without one. `begins` is true if the run had no state before and its client
    has not created it: clients create only runs that they schedule.
    """

    run_id: UUID
    flow_run_id: UUID | None
    columns: Mapping[str, Any]
    state: State
    name: str
    begins: bool

    @property
    def key(self) -> tuple[UUID | None, str, str]:
        """The run's unique key within its flow run."""
        return self.flow_run_id, self.columns["task_key"], self.columns["dynamic_key"]


class Recording(NamedTuple):
    """The writes for a report: the run, if it changes, and the new state.

    Both are None if the event has nothing new.
    """

    run: TaskRun | None = None
    state: State | None = None


def reports_task_run(event: Event) -> bool:
    """Return whether an event reports a task run (docs/contract/clients.md 5.2)."""
    return event.event.startswith(TASK_RUN) and event.resource.get(ORCHESTRATION) == "client"


def task_run_report(event: Event, *, name: str, now: datetime) -> TaskRunReport | None:
    """Parse the report of an event; None if it is malformed (docs/contract/clients.md 5.3)."""
    related = event.in_role("flow-run")
    # Validating a policy changes its input, and the event must be published unchanged.
    payload = deepcopy(event.payload)
    try:
        state = ReportedState.model_validate(payload.get("validated_state")).to_state(event, now)
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
    """Return a report with names and tags that fit every index; its state says so."""
    columns = dict(report.columns)
    if "name" in columns:
        columns["name"] = columns["name"][:MAX_NAME]
    if "tags" in columns:
        columns["tags"] = tuple(tag[:MAX_TAG] for tag in columns["tags"][:MAX_TAGS])
    state = report.state
    message = f"{state.message}\n{SHORTENED}" if state.message else SHORTENED
    state = state.replace(name=state.name[:MAX_NAME], message=message)
    return report._replace(columns=columns, state=state)


def apply_report(
    stored: TaskRun | None, states: Collection[State], report: TaskRunReport, *, now: datetime
) -> Recording:
    """Apply a report to the stored run, if there is one, and to its states.

    The newest state and its columns become the run's, in whatever order reports arrive. See
    docs/contract/clients.md 5.4.
    """
    if stored is None:
        return _begun(report, now)
    state = report.state.belonging_to(task_run_id=stored.id, flow_run_id=report.flow_run_id)
    if any(state.id == known.id or state.timestamp == known.timestamp for known in states):
        return Recording()
    if stored.state and state.timestamp <= stored.state.timestamp:
        return Recording(state=state)
    return Recording(_in_state(stored, report, state).replace(updated=now), state)


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
