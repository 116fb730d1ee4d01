"""Use cases of Prefect's UI alone."""

from uuid import UUID

from runledger.domain.runs.facts import TaskRunFacts
from runledger.service.runs import run_reads
from runledger.store.runs.run_reads import read_flow_run
from runledger.store.store import Store


def read_with_flow_run_name(store: Store, run_id: UUID) -> tuple[TaskRunFacts, str | None]:
    """Return the run, and the name of its flow run, if it has one.

    Raises:
        NotFound: there is no such run.
    """
    run = run_reads.read_task_run(store, run_id)
    flow_run = read_flow_run(store, run.flow_run_id) if run.flow_run_id else None
    return run, flow_run.name if flow_run else None
