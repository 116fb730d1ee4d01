"""Reads one task run."""

from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.domain.runs.task_runs import TaskRun
from runledger.store.runs.task_run_reads import read_task_run
from runledger.store.store import Store


def read(store: Store, run_id: UUID) -> TaskRun:
    """Return the run.

    Raises:
        NotFound: there is none.
    """
    run = read_task_run(store, run_id)
    if run is None:
        raise NotFound("Task not found")
    return run
