"""The filter of task runs (docs/contract/filters.md 2)."""

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar
from uuid import UUID

from runledger.domain.filters.criterion import (
    CombinedCriterion,
    Criterion,
    Getter,
    ObjectFilter,
    identity,
)
from runledger.domain.filters.fields import (
    Id,
    Name,
    Period,
    PeriodOrNull,
    StateCriterion,
    Tags,
    Text,
    Type,
)
from runledger.domain.filters.operators import Exists, Test, null, one_of
from runledger.domain.runs.facts import TaskRunFacts


class TaskRunState(StateCriterion):
    type: Type | None = None
    name: Text | None = None


class SubflowRuns(Criterion):
    exists_: Exists = None


class FlowRunId(CombinedCriterion):
    any_: list[UUID] | None = None
    is_null_: bool | None = False

    @cached_property
    def clauses(self) -> tuple[Test, ...]:
        # The reference ignores the operator here; an empty criterion means "has a flow run".
        if self.is_null_:
            return (null(wanted=True),)
        if self.any_ is not None:
            return (one_of(self.any_),)
        return () if self.is_null_ is None else (null(wanted=False),)


class TaskRunFilter(ObjectFilter):
    parts: ClassVar[Mapping[str, Getter]] = {"state": identity}

    id: Id | None = None
    name: Name | None = None
    tags: Tags | None = None
    state: TaskRunState | None = None
    start_time: PeriodOrNull | None = None
    end_time: PeriodOrNull | None = None
    expected_start_time: Period | None = None
    subflow_runs: SubflowRuns | None = None
    flow_run_id: FlowRunId | None = None

    def matches(self, facts: TaskRunFacts) -> bool:
        return self.test(facts)
