"""What can be asked about the states of task runs."""

from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.domain.states import State
from runledger.store import keys
from runledger.store.store import Store


def read(store: Store, state_id: UUID) -> State:
    """Return the state.

    Raises:
        NotFound: there is none; the words are the reference's.
    """
    state = store.states.read(state_id, of=keys.TASK_RUN)
    if state is None:
        raise NotFound("Flow run state not found")
    return state


def history(store: Store, task_run_id: UUID) -> list[State]:
    """Return the states that a run has been in, the oldest first; none if it is unknown."""
    return store.states.history(keys.task_run(task_run_id))
