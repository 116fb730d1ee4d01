"""What can be done with what is given to flow runs."""

from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.domain.runs.flow_run_inputs import FlowRunInput, FlowRunInputQuery
from runledger.service.runs.flow_runs import NOT_FOUND as NO_FLOW_RUN
from runledger.store.runs.flow_run_inputs import FlowRunInputStore
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.store import Store

NOT_FOUND = "Flow run input not found"


def create(store: Store, given: FlowRunInput) -> None:
    """Give something to a flow run.

    One that is deleted meanwhile takes it along: `cascade_deletes` looks once more after a while.

    Raises:
        Invalid: no input can have its key.
        NotFound: there is no such flow run.
        Mismatch: the flow run was given something under that key.
    """
    given.check_key()
    if FlowRunStore.of(store).read(given.flow_run_id) is None:
        raise NotFound(NO_FLOW_RUN)
    FlowRunInputStore.of(store).add(given)


def read(store: Store, run_id: UUID, key: str) -> FlowRunInput:
    """Return what a flow run was given under a key.

    Raises:
        NotFound: that is nothing.
    """
    found = FlowRunInputStore.of(store).read(run_id, key)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def find(store: Store, run_id: UUID, wanted: FlowRunInputQuery) -> list[FlowRunInput]:
    """Return the wanted inputs of a flow run; one that is unknown has none."""
    return FlowRunInputStore.of(store).find(run_id, wanted)


def delete(store: Store, run_id: UUID, key: str) -> None:
    """Remove what a flow run was given under a key.

    Raises:
        NotFound: that is nothing.
    """
    if not FlowRunInputStore.of(store).remove(run_id, key):
        raise NotFound(NOT_FOUND)
