"""Bodies of concurrency statuses: the runs that hold slots of a pool or a queue."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from runledger.api.queries import Limited, PageNumber
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.states import StateType
from runledger.domain.values import Value
from runledger.domain.work_pools.slot_holders import PageRequest, PoolSlots, QueueSlots

MAX_RUNS_OF_QUEUE = 200


class ReadQueueConcurrency(Limited):
    """POST /work_queues/{id}/concurrency_status."""

    page: PageNumber = 1

    def to_page(self) -> PageRequest:
        return PageRequest(self.page, self.limit)


class ReadPoolConcurrency(ReadQueueConcurrency):
    """POST /work_pools/{name}/concurrency_status."""

    flow_run_limit: Annotated[int, Field(ge=0, le=MAX_RUNS_OF_QUEUE)] = 10


class FlowRunSlotSummary(Value):
    """A run that holds a slot."""

    id: UUID
    name: str
    state_type: StateType | None = None
    state_name: str | None = None
    start_time: datetime | None = None
    state_timestamp: datetime | None = None
    time_in_current_state: timedelta | None = None

    @classmethod
    def of(cls, run: FlowRunFacts, now: datetime) -> "FlowRunSlotSummary":
        since = run.state_timestamp
        return cls.model_construct(
            id=run.id,
            name=run.name,
            state_type=run.state_type,
            state_name=run.state_name,
            start_time=run.start_time,
            state_timestamp=since,
            time_in_current_state=now - since if since else None,
        )


class WorkQueueConcurrencyStatusDetail(Value):
    """A queue in the status of its pool."""

    queue_id: UUID
    queue_name: str
    active_slots: int
    concurrency_limit: int | None = None
    flow_runs: list[FlowRunSlotSummary] = []
    flow_run_count: int = 0

    @classmethod
    def of(cls, held: QueueSlots, now: datetime) -> "WorkQueueConcurrencyStatusDetail":
        return cls.model_construct(
            queue_id=held.queue.id,
            queue_name=held.queue.name,
            active_slots=held.active,
            concurrency_limit=held.queue.concurrency_limit,
            flow_runs=[FlowRunSlotSummary.of(run, now) for run in held.runs],
            flow_run_count=held.active,
        )


class WorkQueueConcurrencyStatus(Value):
    """The status of a queue, with a page of its runs."""

    active_slots: int
    concurrency_limit: int | None = None
    flow_runs: list[FlowRunSlotSummary] = []
    count: int
    limit: int
    pages: int
    page: int

    @classmethod
    def of(cls, held: QueueSlots, page: PageRequest, now: datetime) -> "WorkQueueConcurrencyStatus":
        return cls.model_construct(
            active_slots=held.active,
            concurrency_limit=held.queue.concurrency_limit,
            flow_runs=[FlowRunSlotSummary.of(run, now) for run in held.runs],
            count=held.active,
            limit=page.limit,
            pages=page.pages(held.active),
            page=page.page,
        )


class WorkPoolConcurrencyStatus(Value):
    """The status of a pool, with a page of its queues."""

    active_slots: int
    concurrency_limit: int | None = None
    queues: list[WorkQueueConcurrencyStatusDetail] = []
    count: int
    limit: int
    pages: int
    page: int

    @classmethod
    def of(cls, held: PoolSlots, page: PageRequest, now: datetime) -> "WorkPoolConcurrencyStatus":
        count = len(held.document.queues)
        return cls.model_construct(
            active_slots=held.active,
            concurrency_limit=held.document.pool.concurrency_limit,
            queues=[WorkQueueConcurrencyStatusDetail.of(one, now) for one in held.queues],
            count=count,
            limit=page.limit,
            pages=page.pages(count),
            page=page.page,
        )
