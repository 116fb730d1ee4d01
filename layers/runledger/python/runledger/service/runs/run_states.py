"""Reads the states of runs."""

from typing import NamedTuple
from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.domain.runs.states import State
from runledger.store.runs.states import StateStore
from runledger.store.schema import keys
from runledger.store.store import Store


class RunStates(NamedTuple):
    """The states of runs of one kind."""

    kind: str

    def read(self, store: Store, state_id: UUID) -> State:
        """Return the state.

        Raises:
            NotFound: there is none.
        """
        state = StateStore.of(store).read(state_id, kind=self.kind)
        if state is None:
            raise NotFound("Flow run state not found")
        return state

    def history(self, store: Store, run_id: UUID) -> list[State]:
        """Return the states that a run has been in, the oldest first; none of an unknown run."""
        return StateStore.of(store).history(keys.entity(self.kind, run_id))


TASK_RUN_STATES = RunStates(keys.TASK_RUN)
FLOW_RUN_STATES = RunStates(keys.FLOW_RUN)
