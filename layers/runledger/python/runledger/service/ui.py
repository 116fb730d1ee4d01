"""Use cases of Prefect's UI alone."""

from uuid import UUID

from runledger.domain.runs.task_runs import TaskRun
from runledger.service.runs import task_run_reads
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.store import Store


def read_with_flow_run_name(store: Store, run_id: UUID) -> tuple[TaskRun, str | None]:
    """Return the run, and the name of its flow run, if it has one.

    Raises:
        NotFound: there is no such run.
    """
    run = task_run_reads.read(store, run_id)
    seen = FlowRunStore.of(store).read(run.flow_run_id) if run.flow_run_id else None
    return run, seen and seen.run.name
