"""Bodies of workers and of their polls."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from runledger import ids
from runledger.api.queries import MAX_RUNS, Limit, Limited, Skipping
from runledger.domain.documents import Document
from runledger.domain.filters.work_pools import WorkerFilter
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.values import UtcTime, Value
from runledger.domain.work_pools.polling import HandedOut, Poll
from runledger.domain.work_pools.workers import PoolWorker, ShownWorker, WorkerStatus

# Seconds; a time that far away could not be reckoned with.
MAX_INTERVAL = 10**9

# Fields of a flow run that polls do not show.
NOT_IN_POLLS = ("work_pool_id", "work_pool_name")

# Fields at the end of a flow run in polls.
LAST_IN_POLLS = ("work_queue_id", "state", "job_variables")


class WorkerHeartbeat(Value):
    """POST /work_pools/{work_pool_name}/workers/heartbeat."""

    name: str
    heartbeat_interval_seconds: Annotated[int, Field(ge=-MAX_INTERVAL, le=MAX_INTERVAL)] | None = (
        None
    )

    def to_worker(self, pool_id: UUID, now: datetime) -> PoolWorker:
        """Return the worker, as one that is new."""
        return PoolWorker.model_construct(
            id=ids.run_id(),
            created=now,
            updated=now,
            name=self.name,
            work_pool_id=pool_id,
            last_heartbeat_time=now,
            heartbeat_interval_seconds=self.heartbeat_interval_seconds,
        )


class AboutWorkers(Value):
    workers: WorkerFilter | None = None


class ReadWorkers(Skipping, AboutWorkers, Limited):
    """POST /work_pools/{work_pool_name}/workers/filter."""


class WorkerResponse(Value):
    """A worker in answers."""

    id: UUID
    created: datetime
    updated: datetime
    name: str
    work_pool_id: UUID
    last_heartbeat_time: datetime
    heartbeat_interval_seconds: int | None
    status: WorkerStatus

    @classmethod
    def of(cls, shown: ShownWorker) -> "WorkerResponse":
        return cls.model_construct(**dict(shown.worker), status=shown.status)


class PollWorkPool(Value):
    """POST /work_pools/{name}/get_scheduled_flow_runs."""

    limit: Limit = MAX_RUNS
    work_queue_names: list[str] = []
    scheduled_before: UtcTime | None = None
    scheduled_after: UtcTime | None = None

    def to_poll(self) -> Poll:
        return Poll(self.work_queue_names, self.scheduled_before, self.scheduled_after, self.limit)


class PollWorkQueue(Value):
    """POST /work_queues/{id}/get_runs."""

    limit: Limit = MAX_RUNS
    scheduled_before: UtcTime | None = None

    def to_poll(self) -> Poll:
        return Poll(until=self.scheduled_before, limit=self.limit)


class WorkerFlowRunResponse(Value):
    """A run that a worker may start."""

    work_pool_id: UUID
    work_queue_id: UUID
    flow_run: dict[str, Any]

    @classmethod
    def of(cls, handed_out: HandedOut, now: datetime) -> "WorkerFlowRunResponse":
        fields = dict(handed_out.run.as_of(now))
        # The order is the reference's.
        last = {field: fields.pop(field) for field in LAST_IN_POLLS}
        run = {field: value for field, value in fields.items() if field not in NOT_IN_POLLS}
        return cls.model_construct(
            work_pool_id=handed_out.pool_id,
            work_queue_id=handed_out.queue_id,
            flow_run={**run, **last},
        )


def without_pool(run: FlowRunFacts, now: datetime) -> Document[FlowRun]:
    """Return a run as old queues show it: with its queue, and without the pool."""
    return Document({**run.as_of(now), **dict.fromkeys(NOT_IN_POLLS)})
