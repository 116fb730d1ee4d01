"""Reads one task run, without the imports of its writes: most requests are of this kind."""

from uuid import UUID

from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.schema import keys
from runledger.store.store import Store


def read_task_run(store: Store, run_id: UUID) -> TaskRun | None:
    """Return the run as last acknowledged."""
    item = store.table.read(keys.task_run(run_id))
    return items.read_document(TaskRun, item) if item else None
