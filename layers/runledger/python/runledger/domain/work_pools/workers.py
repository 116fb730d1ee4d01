"""Workers: they live by their heartbeats (docs/contract/work-pools.md 4)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from runledger.domain.values import Value

# Seconds between the heartbeats of a worker that does not say, and the number of missed ones.
DEFAULT_INTERVAL, MISSED = 30, 3


class WorkerStatus(StrEnum):
    """Whether a worker has sent its last heartbeats."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"


class PoolWorker(Value):
    """A worker of a pool; nothing stores its status."""

    id: UUID
    created: datetime
    updated: datetime
    name: str
    work_pool_id: UUID
    last_heartbeat_time: datetime
    heartbeat_interval_seconds: int | None = None

    def status(self, now: datetime) -> WorkerStatus:
        """Return the status: a worker that misses three heartbeats is offline."""
        interval = self.heartbeat_interval_seconds
        seconds = DEFAULT_INTERVAL if interval is None else interval
        is_late = now - self.last_heartbeat_time > timedelta(seconds=seconds * MISSED)
        return WorkerStatus.OFFLINE if is_late else WorkerStatus.ONLINE


class ShownWorker(NamedTuple):
    """A worker as answers show it, and filters see it."""

    worker: PoolWorker
    status: WorkerStatus

    @property
    def last_heartbeat_time(self) -> datetime:
        return self.worker.last_heartbeat_time
