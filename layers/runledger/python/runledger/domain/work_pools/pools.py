"""Work pools and their queues, as stored; docs/contract/work-pools.md 1 and 2."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ConfigDict

from runledger.domain.values import Value

# The pool of queues that clients older than work pools use, and the type of its kind: it has no
# workers, and therefore no status.
AGENT_POOL, AGENT_TYPE = "default-agent-pool", "prefect-agent"

DEFAULT_QUEUE = "default"
RESERVED = "prefect"


class WorkPoolStatus(StrEnum):
    """Whether a pool hands out work, and whether somebody takes it."""

    READY = "READY"
    NOT_READY = "NOT_READY"
    PAUSED = "PAUSED"


class WorkQueueStatus(StrEnum):
    """The same of a queue."""

    READY = "READY"
    NOT_READY = "NOT_READY"
    PAUSED = "PAUSED"


class StorageSteps(Value):
    """The steps that move bundles of code; clients up to 3.3.7 know nothing else of storage."""

    model_config = ConfigDict(extra="forbid")

    bundle_upload_step: dict[str, Any] | None = None
    bundle_execution_step: dict[str, Any] | None = None


class WorkPoolStorageConfiguration(StorageSteps):
    """The places of a pool's code and results; stored for clients, and not used here."""

    default_result_storage_block_id: UUID | None = None


class WorkPool(Value):
    """A work pool; its status follows from its workers."""

    id: UUID
    created: datetime
    updated: datetime
    name: str
    description: str | None = None
    type: str = AGENT_TYPE
    base_job_template: dict[str, Any] = {}
    is_paused: bool = False
    concurrency_limit: int | None = None
    default_queue_id: UUID
    storage_configuration: WorkPoolStorageConfiguration = (
        WorkPoolStorageConfiguration.model_construct()
    )

    def status(self, *, has_worker: bool) -> WorkPoolStatus | None:
        """Return the status of the pool, which has an online worker or none."""
        if self.type == AGENT_TYPE:
            return None
        if self.is_paused:
            return WorkPoolStatus.PAUSED
        return WorkPoolStatus.READY if has_worker else WorkPoolStatus.NOT_READY


class QueueFilter(Value):
    """The runs of a queue of old clients: those of some tags and deployments."""

    tags: list[str] | None = None
    deployment_ids: list[UUID] | None = None


class WorkQueue(Value):
    """A queue of a work pool.

    `status_paused` is set by who pauses the queue: a queue that was paused when it was created does
    not show it in its status.
    """

    id: UUID
    created: datetime
    updated: datetime
    name: str
    description: str = ""
    is_paused: bool = False
    concurrency_limit: int | None = None
    priority: int
    filter: QueueFilter | None = None
    status_paused: bool = False

    def status(self, *, was_polled: bool) -> WorkQueueStatus:
        """Return the status of the queue, which was polled a short time ago or not."""
        if self.status_paused:
            return WorkQueueStatus.PAUSED
        return WorkQueueStatus.READY if was_polled else WorkQueueStatus.NOT_READY


class PoolWithQueues(Value):
    """A pool and its queues: they are stored together, so that priorities change together."""

    pool: WorkPool
    queues: tuple[WorkQueue, ...]

    @property
    def by_priority(self) -> tuple[WorkQueue, ...]:
        """The queues, the most urgent one first."""
        return tuple(sorted(self.queues, key=lambda queue: queue.priority))

    @property
    def default_queue(self) -> WorkQueue:
        """The queue of runs that name none."""
        return next(queue for queue in self.queues if queue.id == self.pool.default_queue_id)

    def queue(self, name: str) -> WorkQueue | None:
        """Return the queue that has the name."""
        return self._first(lambda queue: queue.name == name)

    def queue_by_id(self, queue_id: UUID) -> WorkQueue | None:
        """Return the queue that has the id."""
        return self._first(lambda queue: queue.id == queue_id)

    def _first(self, is_wanted: Callable[[WorkQueue], bool]) -> WorkQueue | None:
        return next(filter(is_wanted, self.queues), None)


class ShownPool(NamedTuple):
    """A pool as answers show it; its slots count only if it has a limit."""

    pool: WorkPool
    status: WorkPoolStatus | None = None
    active_slots: int | None = None


class ShownQueue(NamedTuple):
    """A queue as answers show it; its slots count only if it has a limit."""

    queue: WorkQueue
    pool: WorkPool
    status: WorkQueueStatus = WorkQueueStatus.NOT_READY
    last_polled: datetime | None = None
    active_slots: int | None = None


def is_reserved(name: str) -> bool:
    """Return whether a pool's name is not for users."""
    return name.lower().startswith(RESERVED)
