"""Reads one run."""

from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.domain.runs.facts import FlowRunFacts, TaskRunFacts
from runledger.store.runs import run_reads
from runledger.store.store import Store


def read_task_run(store: Store, run_id: UUID) -> TaskRunFacts:
    """Return the task run.

    Raises:
        NotFound: there is none.
    """
    run = run_reads.read_task_run(store, run_id)
    if run is None:
        raise NotFound("Task not found")
    return run


def read_flow_run(store: Store, run_id: UUID) -> FlowRunFacts:
    """Return the flow run.

    Raises:
        NotFound: there is none.
    """
    run = run_reads.read_flow_run(store, run_id)
    if run is None:
        raise NotFound("Flow run not found")
    return run
