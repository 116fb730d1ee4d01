"""The facts of a stored run: the fields that filters, orders and counts use."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.documents import Document, Fields, Unsure, View, parse_seconds, spell_seconds
from runledger.domain.runs import bookkeeping
from runledger.domain.runs.bookkeeping import Run, Sample
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import MICROSECOND, microseconds


class StateTime(View[State], model=State):
    """The instant since which a run is in a state."""

    timestamp: datetime


class RunFacts(View[Run]):
    """The fields of a stored run that criteria, orders and histories use."""

    id: UUID
    created: datetime
    name: str
    tags: tuple[str, ...]
    state_type: StateType | None
    state_name: str | None
    expected_start_time: datetime | None
    next_scheduled_start_time: datetime | None
    start_time: datetime | None
    end_time: datetime | None
    total_run_time: timedelta

    @property
    def state_timestamp(self) -> datetime | None:
        """The timestamp of the current state."""
        state = self.fields.get("state")
        return StateTime(state).timestamp if state else None

    def as_of(self, now: datetime) -> Document[Run]:
        """Return the run's document with its estimates, which each read computes."""
        try:
            document = self.document()
        except Unsure:
            return Document.of(bookkeeping.as_of(self.value(), now))
        if (state := document["state"]) is not None:
            sample = Sample.of(self, state["type"], state["name"], StateTime(state).timestamp)
            at = microseconds(now)
            late = sample.lateness(at) * MICROSECOND
            document["estimated_run_time"] = spell_seconds(sample.time_running(at) * MICROSECOND)
            document["estimated_start_time_delta"] = spell_seconds(late)
        return document

    def sample(self) -> Sample | None:
        """Return the times that histories use; None without a state.

        Histories take them of thousands of runs: the texts are parsed without the view's fields.
        """
        try:
            return self._parsed_sample()
        except (KeyError, TypeError, ValueError):
            return self._sample_of_fields()

    def _parsed_sample(self) -> Sample:
        fields = self.fields
        return Sample.at(
            fields["state_type"],
            fields["state_name"],
            expected=_microseconds(fields.get("expected_start_time")),
            started=_microseconds(fields.get("start_time")),
            since=microseconds(datetime.fromisoformat(fields["state"]["timestamp"])),
            total_run_time=parse_seconds(fields.get("total_run_time", 0)) // MICROSECOND,
        )

    def _sample_of_fields(self) -> Sample | None:
        since = self.state_timestamp
        if self.state_type is None or self.state_name is None or since is None:
            return None
        return Sample.of(self, self.state_type, self.state_name, since)


def _microseconds(time: str | None) -> int | None:
    return None if time is None else microseconds(datetime.fromisoformat(time))


class TaskRunFacts(RunFacts[TaskRun], model=TaskRun):
    """The facts of a task run; `subflow_runs` is the number of its subflow runs."""

    flow_run_id: UUID | None

    def __init__(self, fields: Fields, subflow_runs: int = 0) -> None:
        super().__init__(fields)
        self.subflow_runs = subflow_runs


class FlowRunFacts(RunFacts[FlowRun], model=FlowRun):
    """The facts of a flow run."""

    flow_id: UUID
    deployment_id: UUID | None
    work_queue_id: UUID | None
    work_queue_name: str | None
    flow_version: str | None
    idempotency_key: str | None
    parent_task_run_id: UUID | None
    created_by: dict[str, Any] | None


class Duration(NamedTuple):
    """A run's time in RUNNING; all times are in microseconds, instants since 1970.

    `taken` is the total. For a run that `is_running` it is the instant of the start, had the run
    been in RUNNING without a break: it does not change while the total grows.
    """

    is_running: bool
    taken: int
    expected: int | None
    run_id: UUID

    @classmethod
    def of(
        cls,
        run_id: UUID,
        *,
        state_type: StateType | None,
        since: datetime | None,
        total: timedelta,
        expected: datetime | None,
    ) -> Duration:
        """Return the duration of a run in its state since `since`, after `total` in RUNNING."""
        spent = total // MICROSECOND
        began = since if state_type == StateType.RUNNING else None
        # A clock that was set back may make a total negative: it counts as zero.
        taken = microseconds(began) - spent if began else max(spent, 0)
        return cls(began is not None, taken, microseconds(expected) if expected else None, run_id)

    def rank(self, now: datetime, *, reverse: bool) -> tuple[int, ...]:
        """Return the run's rank.

        Runs of one duration are in descending order of (expected start, id), whether the order
        itself ascends or, in `reverse`, descends.
        """
        taken = microseconds(now) - self.taken if self.is_running else self.taken
        ties = (self.expected is not None, self.expected or 0, self.run_id.int)
        return (taken, *(tie if reverse else -tie for tie in ties))


def duration(run: TaskRun | TaskRunFacts) -> Duration:
    """Return a task run's time in RUNNING."""
    return Duration.of(
        run.id,
        state_type=run.state_type,
        since=run.state_timestamp,
        total=run.total_run_time,
        expected=run.expected_start_time,
    )
