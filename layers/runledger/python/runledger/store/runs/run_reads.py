"""Reads one run, without the imports of its writes: most requests are of this kind."""

from collections.abc import Sequence
from uuid import UUID

from runledger.domain.runs.facts import FlowRunFacts, TaskRunFacts
from runledger.store import items
from runledger.store.schema import keys
from runledger.store.store import Store


def read_task_run(store: Store, run_id: UUID) -> TaskRunFacts | None:
    """Return the task run as last acknowledged."""
    item = store.table.read(keys.task_run(run_id))
    return TaskRunFacts(items.read_fields(item)) if item else None


def read_flow_run(store: Store, run_id: UUID) -> FlowRunFacts | None:
    """Return the flow run as last acknowledged."""
    item = store.table.read(keys.flow_run(run_id))
    return FlowRunFacts(items.read_fields(item)) if item else None


def read_flow_runs(store: Store, ids: Sequence[UUID]) -> dict[UUID, FlowRunFacts]:
    """Return the flow runs that exist, each as last acknowledged."""
    if not ids:
        return {}
    found = store.table.read_many([keys.flow_run(run_id) for run_id in ids])
    runs = (FlowRunFacts(items.read_fields(item)) for item in found.values())
    return {run.id: run for run in runs}
