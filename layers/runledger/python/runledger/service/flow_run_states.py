"""What can be asked about the states of flow runs."""

from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.domain.states import State
from runledger.store import keys
from runledger.store.store import Store


def read(store: Store, state_id: UUID) -> State:
    """Return the state.

    Raises:
        NotFound: there is none.
    """
    state = store.states.read(state_id, of=keys.FLOW_RUN)
    if state is None:
        raise NotFound("Flow run state not found")
    return state


def history(store: Store, flow_run_id: UUID) -> list[State]:
    """Return the states that a run has been in, the oldest first; none if it is unknown."""
    return store.states.history(keys.flow_run(flow_run_id))
