"""The filter of flow runs (docs/contract/filters.md 3)."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Annotated, ClassVar
from uuid import UUID

from runledger.domain.filters.ancestry import AncestryFilter
from runledger.domain.filters.criterion import CombinedCriterion, Criterion, Getter, on
from runledger.domain.filters.fields import (
    IdOrNot,
    Name,
    Period,
    PeriodOrNull,
    Reference,
    StateCriterion,
    TagsOrAny,
    Text,
    TextOrNot,
    TypeOrNot,
)
from runledger.domain.filters.operators import (
    AnyOf,
    Comparison,
    Null,
    Test,
    not_after,
    not_before,
    null,
    one_of,
)
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.values import UtcTime


class FlowRunState(StateCriterion):
    type: TypeOrNot | None = None
    name: TextOrNot | None = None


def begins(run: FlowRunFacts) -> datetime | None:
    # The reference finds a run that has not started by its expected start time.
    return run.start_time or run.expected_start_time


class StartTime(Criterion):
    """A criterion of the flow run itself, since it uses two of its times."""

    before_: Annotated[UtcTime | None, Comparison(lambda limit: on(begins, not_after(limit)))] = (
        None
    )
    after_: Annotated[UtcTime | None, Comparison(lambda limit: on(begins, not_before(limit)))] = (
        None
    )
    is_null_: Annotated[
        bool | None, Comparison(lambda wanted: on(attrgetter("start_time"), null(wanted)))
    ] = None


class ParentFlowRunId(CombinedCriterion):
    any_: AnyOf[UUID] = None


class WorkQueueName(CombinedCriterion):
    any_: AnyOf[str] = None
    is_null_: Null = None


def created_by(entry: str, wanted: list[object]) -> Test:
    """Compare as text: in JSON the entries are text."""
    return on(lambda creator: (creator or {}).get(entry), one_of(map(str, wanted)))


class CreatedBy(CombinedCriterion):
    id_: Annotated[list[UUID] | None, Comparison(partial(created_by, "id"))] = None
    type_: Annotated[list[str] | None, Comparison(partial(created_by, "type"))] = None
    is_null_: Null = None


class FlowRunFilter(AncestryFilter):
    about: ClassVar[str] = "flow_run"
    parts: ClassVar[Mapping[str, Getter]] = {
        "state": attrgetter("flow_run"),
        "start_time": attrgetter("flow_run"),
        "parent_flow_run_id": attrgetter("parent_flow_run_id"),
    }

    id: IdOrNot | None = None
    name: Name | None = None
    tags: TagsOrAny | None = None
    deployment_id: Reference | None = None
    work_queue_name: WorkQueueName | None = None
    state: FlowRunState | None = None
    flow_version: Text | None = None
    start_time: StartTime | None = None
    end_time: PeriodOrNull | None = None
    expected_start_time: Period | None = None
    next_scheduled_start_time: Period | None = None
    parent_flow_run_id: ParentFlowRunId | None = None
    parent_task_run_id: Reference | None = None
    idempotency_key: TextOrNot | None = None
    created_by: CreatedBy | None = None
