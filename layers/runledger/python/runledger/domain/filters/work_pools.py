"""The filters of work pools, of their queues and of their workers."""

from typing import Annotated

from pydantic import field_validator

from runledger.domain.filters.criterion import Criterion, ObjectFilter
from runledger.domain.filters.fields import Id, Period, Text
from runledger.domain.filters.like import begins_like
from runledger.domain.filters.operators import AnyOf, Comparison, NotAnyOf, Test
from runledger.domain.work_pools.workers import WorkerStatus


def begins_like_one_of(patterns: list[str]) -> Test:
    tests = tuple(map(begins_like, patterns))
    return lambda text: any(test(text) for test in tests)


class QueueName(Criterion):
    any_: AnyOf[str] = None
    startswith_: Annotated[list[str] | None, Comparison(begins_like_one_of, ignores_empty=True)] = (
        None
    )


class WorkPoolFilter(ObjectFilter):
    id: Id | None = None
    name: Text | None = None
    type: Text | None = None


class WorkQueueFilter(ObjectFilter):
    id: Id | None = None
    name: QueueName | None = None

    @field_validator("name")
    @classmethod
    def _without_beginnings(cls, name: QueueName | None) -> QueueName | None:
        """No beginnings are no criterion, also beside another one that may match instead."""
        return None if name and name.any_ is None and name.startswith_ == [] else name


class WorkerFilterStatus(Criterion):
    any_: AnyOf[WorkerStatus] = None
    not_any_: NotAnyOf[WorkerStatus] = None


class WorkerFilter(ObjectFilter):
    last_heartbeat_time: Period | None = None
    status: WorkerFilterStatus | None = None
