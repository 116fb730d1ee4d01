"""The task runs of a flow run and what they depend on, for clients older than graph-v2."""

from datetime import datetime
from uuid import UUID

from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.task_runs import TaskRun
from runledger.service.runs import flow_runs
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.graphs import GraphStore
from runledger.store.store import Store


def read_task_runs(store: Store, run_id: UUID, *, now: datetime) -> list[TaskRun]:
    """Return the task runs of a flow run, the largest id first.

    Raises:
        UnknownRun: there is no such flow run.
    """
    flow_runs.find(store, run_id)
    claims = FlowRunStore.of(store).claims(run_id, after="")
    found = GraphStore.of(store).task_runs([claim.task_run_id for claim in claims])
    return sorted((as_of(run, now) for run in found), key=lambda run: run.id, reverse=True)
