"""Bodies of work queues."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from runledger import ids
from runledger.api.bodies import Body
from runledger.api.queries import Limited, Skipping
from runledger.api.work_pools.pools import MAX_NUMBER, ConcurrencyLimit
from runledger.domain.filters.work_pools import WorkQueueFilter
from runledger.domain.values import UtcTime, Value
from runledger.domain.work_pools.pools import (
    QueueFilter,
    ShownQueue,
    WorkQueue,
    WorkQueueStatus,
)

QueueNameText = Annotated[str, Field(pattern=r"^[^/%&><]+$")]
Priority = Annotated[int, Field(gt=0, le=MAX_NUMBER)]


class WorkQueueCreate(Body):
    """POST /work_pools/{work_pool_name}/queues and POST /work_queues/."""

    name: QueueNameText
    description: str | None = ""
    is_paused: bool = False
    concurrency_limit: ConcurrencyLimit | None = None
    priority: Priority | None = None
    filter: QueueFilter | None = None

    def to_queue(self, now: datetime) -> WorkQueue:
        """Return the queue; the pool decides of its priority."""
        return WorkQueue.model_construct(
            id=ids.run_id(),
            created=now,
            updated=now,
            name=self.name,
            description=self.description or "",
            is_paused=self.is_paused,
            concurrency_limit=self.concurrency_limit,
            priority=self.priority or 1,
            filter=self.filter,
        )


class WorkQueueUpdate(Body):
    """PATCH of a work queue; a later check refuses nulls.

    The reference also takes names that break its own rule, and fails at each later answer.
    """

    name: QueueNameText | None = None
    description: str | None = None
    is_paused: bool = False
    concurrency_limit: ConcurrencyLimit | None = None
    priority: Priority | None = None
    last_polled: UtcTime | None = None
    filter: QueueFilter | None = None

    def changes(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in self.model_fields_set}


class AboutWorkQueues(Value):
    work_queues: WorkQueueFilter | None = None


class ReadQueuesOfPool(Skipping, AboutWorkQueues, Limited):
    """POST /work_pools/{work_pool_name}/queues/filter."""


class ReadWorkQueues(AboutWorkQueues, Skipping, Limited):
    """POST /work_queues/filter."""


class CheckedWorkQueue(Value):
    """A work queue in the answer to GET /deployments/{id}/work_queue_check."""

    id: UUID
    created: datetime
    updated: datetime
    name: str
    description: str
    is_paused: bool
    concurrency_limit: int | None
    priority: int
    work_pool_id: UUID
    filter: QueueFilter | None
    last_polled: datetime | None

    @classmethod
    def of(cls, shown: ShownQueue) -> "CheckedWorkQueue":
        fields: dict[str, Any] = dict(shown.queue)
        del fields["status_paused"]
        fields |= {"work_pool_id": shown.pool.id, "last_polled": shown.last_polled}
        return cls.model_construct(**fields)


class WorkQueueResponse(CheckedWorkQueue):
    """A work queue in answers."""

    work_pool_name: str
    status: WorkQueueStatus
    active_slots: int | None

    @classmethod
    def of(cls, shown: ShownQueue) -> "WorkQueueResponse":
        return cls.model_construct(
            **dict(CheckedWorkQueue.of(shown)),
            work_pool_name=shown.pool.name,
            status=shown.status,
            active_slots=shown.active_slots,
        )


class WorkQueueHealthPolicy(Value):
    """The conditions under which a queue counts as healthy."""

    maximum_late_runs: int = 0
    maximum_seconds_since_last_polled: int = 60


class WorkQueueStatusDetail(Value):
    """GET /work_queues/{id}/status."""

    healthy: bool
    late_runs_count: int
    last_polled: datetime | None
    health_check_policy: WorkQueueHealthPolicy

    @classmethod
    def of(
        cls, late_runs: int, last_polled: datetime | None, now: datetime
    ) -> "WorkQueueStatusDetail":
        """Judge a queue by the default policy."""
        policy = WorkQueueHealthPolicy()
        is_recent = (
            last_polled is not None
            and (now - last_polled).total_seconds() <= policy.maximum_seconds_since_last_polled
        )
        return cls(
            healthy=is_recent and late_runs <= policy.maximum_late_runs,
            late_runs_count=late_runs,
            last_polled=last_polled,
            health_check_policy=policy,
        )
