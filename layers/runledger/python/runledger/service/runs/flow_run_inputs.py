"""Use cases of flow run inputs: create, read, find and delete them."""

from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.domain.runs.flow_run_inputs import FlowRunInput, FlowRunInputQuery
from runledger.service.runs.flow_runs import NOT_FOUND as NO_FLOW_RUN
from runledger.store.runs.flow_run_inputs import FlowRunInputStore
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.store import Store

NOT_FOUND = "Flow run input not found"


def create(store: Store, run_input: FlowRunInput) -> None:
    """Add an input to a flow run.

    If the flow run is deleted meanwhile, a repeat of the cascade delete removes the input.

    Raises:
        Invalid: the key is no valid key of an input.
        NotFound: there is no such flow run.
        Mismatch: the flow run has an input with that key.
    """
    run_input.check_key()
    if FlowRunStore.of(store).read(run_input.flow_run_id) is None:
        raise NotFound(NO_FLOW_RUN)
    FlowRunInputStore.of(store).add(run_input)


def read(store: Store, run_id: UUID, key: str) -> FlowRunInput:
    """Return a flow run's input with the key.

    Raises:
        NotFound: there is none.
    """
    found = FlowRunInputStore.of(store).read(run_id, key)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def find(store: Store, run_id: UUID, wanted: FlowRunInputQuery) -> list[FlowRunInput]:
    """Return the matching inputs of a flow run; none if the flow run does not exist."""
    return FlowRunInputStore.of(store).find(run_id, wanted)


def delete(store: Store, run_id: UUID, key: str) -> None:
    """Remove a flow run's input with the key.

    Raises:
        NotFound: there is none.
    """
    if not FlowRunInputStore.of(store).remove(run_id, key):
        raise NotFound(NOT_FOUND)
