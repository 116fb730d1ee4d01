"""Cancels the task runs and subflow runs of a cancelled flow run.

See docs/contract/neighbours.md 3.3.

A round cancels up to `ROUND` task runs and records its progress, which is a change of the flow run:
the stream then starts the next round. A run that ended meanwhile keeps its state.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from uuid import UUID

from runledger import ids
from runledger.domain.errors import Rejected, UnknownRun
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import TERMINAL, State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.parallel import map_all
from runledger.service.context import ServiceContext
from runledger.service.runs import flow_runs, task_run_states
from runledger.store import stream_changes
from runledger.store.dynamodb.stream_records import Change
from runledger.store.runs.cancellations import CancellationStore
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.task_run_items import Stored
from runledger.store.schema import keys
from runledger.store.store import Store

MESSAGE = "The parent flow run was cancelled."

# Task runs in a round.
ROUND = 250


def cancel_children(context: ServiceContext, cancelled: Sequence[Change]) -> None:
    """Cancel the children of cancelled flow runs: one round for each change."""
    for change in cancelled:
        _, run_id = keys.entity_of(change.key)
        _cancel_round(context.store, run_id, stream_changes.cancelled_up_to(change), context.now)


def _cancel_round(store: Store, flow_run_id: UUID, after: str, now: datetime) -> None:
    seen = FlowRunStore.of(store).read(flow_run_id)
    if seen is None or seen.run.state_type != StateType.CANCELLED:
        return
    claims = list(islice(FlowRunStore.of(store).claims(flow_run_id, after, page=ROUND), ROUND))
    children = CancellationStore.of(store).task_runs([claim.task_run_id for claim in claims])
    map_all(lambda child: _cancel(store, child, now), children)
    if len(claims) == ROUND:
        CancellationStore.of(store).record_progress(flow_run_id, claims[-1].sort_key)


def _cancel(store: Store, child: Stored, now: datetime) -> None:
    """Cancel the subflow runs of a task run, and the task run itself."""
    run = child.run
    # The cancellation of a subflow run changes its parent task run.
    seen = None if child.subflow_runs else child
    for subflow_run_id in (
        CancellationStore.of(store).subflow_runs(run.id) if child.subflow_runs else ()
    ):
        _cancel_subflow_run(store, subflow_run_id, now)
    if is_unfinished(run):
        state = _state(StateType.CANCELLED, now)
        with suppress(Rejected, UnknownRun):
            task_run_states.set_state(
                store, run.id, state, force=True, now=now, precondition=is_unfinished, seen=seen
            )


def _cancel_subflow_run(store: Store, run_id: UUID, now: datetime) -> None:
    seen = FlowRunStore.of(store).read(run_id)
    if seen is None:
        return
    deployed = seen.run.deployment_id is not None
    state = _state(StateType.CANCELLING if deployed else StateType.CANCELLED, now)
    with suppress(Rejected, UnknownRun):
        flow_runs.set_state(
            store, run_id, state, force=False, now=now, precondition=is_to_be_cancelled
        )


def is_unfinished(run: TaskRun | FlowRun) -> bool:
    """Return whether a run has not ended."""
    return run.state_type not in TERMINAL


def is_to_be_cancelled(run: FlowRun) -> bool:
    """Return whether a subflow run has not ended, and no worker is cancelling it yet."""
    is_ending = run.deployment_id is not None and run.state_type == StateType.CANCELLING
    return is_unfinished(run) and not is_ending


def _state(kind: StateType, now: datetime) -> State:
    return State(
        id=ids.state_id(now), type=kind, name=kind.capitalize(), timestamp=now, message=MESSAGE
    )
