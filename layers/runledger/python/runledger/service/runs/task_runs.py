"""Renames and deletes task runs."""

from datetime import datetime
from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.service.retries import retry_on_conflict
from runledger.store.runs.task_run_deletion import TaskRunDeletionStore
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import Store


def rename(store: Store, run_id: UUID, name: str | None, *, now: datetime) -> None:
    """Give the run another name; without one only `updated` changes.

    Raises:
        NotFound: there is no such run.
    """

    def attempt() -> None:
        seen = TaskRunStore.of(store).read(run_id)
        if seen is None:
            raise NotFound("Task run not found")
        TaskRunStore.of(store).rewrite(
            seen, seen.run.replace(name=name or seen.run.name, updated=now)
        )

    retry_on_conflict(attempt)


def delete(store: Store, run_id: UUID, *, now: datetime) -> None:
    """Remove the run with its states.

    Raises:
        NotFound: there is none.
    """
    if not retry_on_conflict(lambda: TaskRunDeletionStore.of(store).delete(run_id, now)):
        raise NotFound("Task not found")
