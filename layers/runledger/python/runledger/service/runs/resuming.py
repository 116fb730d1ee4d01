"""Resumes paused flow runs, with the input that they asked for."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from runledger import ids
from runledger.domain.deployments.hydration import hydrated
from runledger.domain.deployments.parameters import NO_SCHEMA, check_parameters
from runledger.domain.errors import Invalid, Mismatch, Rejected
from runledger.domain.orchestration.transitions import Abort, Decision, Status
from runledger.domain.runs.flow_run_inputs import FlowRunInput
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.execution_limits import limited
from runledger.service.documents import variables
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import flow_runs
from runledger.store.runs.flow_run_inputs import FlowRunInputStore
from runledger.store.store import Store

NOT_PAUSED = Abort("Cannot resume a flow run that is not paused.")


def resume(
    store: Store, run_id: UUID, run_input: Mapping[str, Any] | None, *, now: datetime
) -> Decision[FlowRun]:
    """Propose that a paused flow run resumes; its input is stored if the proposal is accepted.

    Raises:
        UnknownRun: there is no such run.
        Conflict: the run has an input with the same key.
    """

    def attempt() -> Decision[FlowRun]:
        seen = flow_runs.find(store, run_id)
        paused = seen.run.state
        if paused is None or paused.type != StateType.PAUSED:
            # The reference answers without the run's state.
            return Decision(seen.run.replace(state=None), Status.ABORT, NOT_PAUSED)
        try:
            new_input = _new_input(store, paused.state_details, run_input, now)
        except (Rejected, Mismatch, Invalid) as problem:
            return Decision(seen.run, Status.REJECT, Abort(str(problem)))
        resumed = _resumed_state(paused, now)
        return flow_runs.propose(store, seen, resumed, now=now, new_input=new_input)

    return retry_on_conflict(attempt)


def _resumed_state(paused: State, now: datetime) -> State:
    """Return SCHEDULED for a run that ended its process for the pause, RUNNING for the others."""
    scheduled = paused.state_details.pause_reschedule
    return State(
        id=ids.state_id(now),
        type=StateType.SCHEDULED if scheduled else StateType.RUNNING,
        name="Resuming" if scheduled else "Running",
        timestamp=now,
        state_details=StateDetails(scheduled_time=now if scheduled else None),
    )


def _new_input(
    store: Store, details: StateDetails, sent: Mapping[str, Any] | None, now: datetime
) -> FlowRunInput | None:
    """Return the input to store, if the pause asks for one and it is not empty.

    Raises:
        Rejected: a part of the input can't be hydrated, or the pause has no schema for it.
        Mismatch: the input breaks the schema.
        Invalid: the schema refers to itself without end, or the input's key is not valid.
    """
    keyset, run_id = details.run_input_keyset, details.flow_run_id
    if not keyset or run_id is None:
        return None
    known = variables.values_for(store, sent or {})
    with limited():
        run_input = hydrated(sent or {}, "run input", known)
    schema = _schema(store, run_id, keyset.get("schema", ""))
    with limited():
        _check(run_input, schema)
    if not run_input:
        return None
    if "response" not in keyset:
        raise Rejected("Run input response key not found.")
    new_input = FlowRunInput(
        id=ids.run_id(),
        created=now,
        updated=now,
        flow_run_id=run_id,
        key=keyset["response"],
        value=to_json(run_input, inf_nan_mode="null").decode(),
    )
    new_input.check_key()
    return new_input


def _schema(store: Store, run_id: UUID, key: str) -> dict[str, Any]:
    found = FlowRunInputStore.of(store).read(run_id, key)
    if found is None:
        raise Rejected("Run input schema not found.")
    try:
        schema = json.loads(found.value)
    except ValueError:
        raise Rejected("Run input schema is not valid JSON.") from None
    if not isinstance(schema, dict):
        raise Mismatch(f"Reason: {NO_SCHEMA}")
    return schema


def _check(run_input: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    try:
        check_parameters(run_input, schema, complete=True)
    except Mismatch as mismatch:
        raise Mismatch(f"Reason: {mismatch}") from mismatch
