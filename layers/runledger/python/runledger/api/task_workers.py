"""Request and response bodies of task workers."""

from datetime import datetime

from pydantic import BaseModel

from runledger.domain.values import Value
from runledger.domain.websocket.task_workers import TaskWorker


class TaskWorkerFilter(BaseModel):
    """Matches task workers that run one of these tasks; without keys, all."""

    task_keys: list[str]


class ReadTaskWorkers(BaseModel):
    """The body of POST /task_workers/filter."""

    task_worker_filter: TaskWorkerFilter | None = None

    @property
    def task_keys(self) -> list[str]:
        """The task keys of the filter; none without a filter."""
        return self.task_worker_filter.task_keys if self.task_worker_filter else []


class TaskWorkerResponse(Value):
    """A task worker: its client's name, its task keys, and when it was last seen."""

    identifier: str
    task_keys: list[str]
    timestamp: datetime

    @classmethod
    def of(cls, worker: TaskWorker, now: datetime) -> "TaskWorkerResponse":
        """Return the body about a worker that is connected now."""
        return cls(identifier=worker.client_id, task_keys=list(worker.task_keys), timestamp=now)
