"""Proposes a state for several flow runs with one request."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from runledger.domain.orchestration.clients import ClientVersions
from runledger.domain.orchestration.transitions import Decision
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.service import bulk
from runledger.service.runs import flow_runs
from runledger.store.dynamodb.calls import Deadline
from runledger.store.store import Store


class StateOutcome(NamedTuple):
    """The outcome of a state that was proposed for a flow run, or the reason why there is none."""

    run_id: UUID
    outcome: Decision[FlowRun] | str


def set_states(
    store: Store,
    run_ids: Sequence[UUID],
    new_state: Callable[[], State],
    deadline: Deadline,
    *,
    force: bool,
    now: datetime,
    client: ClientVersions,
) -> list[StateOutcome]:
    """Propose a new state for each flow run, one after the other, until the deadline."""

    def propose(run_id: UUID) -> Decision[FlowRun]:
        return flow_runs.set_state(store, run_id, new_state(), force=force, now=now, client=client)

    outcomes = bulk.attempt_each(run_ids, deadline, propose)
    return [StateOutcome(*pair) for pair in zip(run_ids, outcomes, strict=True)]
