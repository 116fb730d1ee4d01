"""The rules of flow runs; their letters are those of docs/contract/neighbours.md 3.3."""

from dataclasses import replace

from runledger.domain.orchestration.shared_rules import try_again
from runledger.domain.orchestration.transitions import (
    Abort,
    FlowAnswer,
    FlowTransition,
    ForgetInputs,
    Reject,
)
from runledger.domain.runs.states import State, StateDetails, StateType

PENDING, SCHEDULED, PAUSED = StateType.PENDING, StateType.SCHEDULED, StateType.PAUSED
CANCELLED, COMPLETED = StateType.CANCELLED, StateType.COMPLETED
LATE = "Late"

# Since this version of the API, each attempt may pause again by the same keys.
RESETS_PAUSE_KEYS = (0, 8, 4)


def keep_lease(t: FlowTransition) -> FlowAnswer:
    """The run keeps its slot of the deployment's limit, unless its next state names another."""
    lease = t.current.state_details.deployment_concurrency_lease_id
    if t.proposed.state_details.deployment_concurrency_lease_id:
        return t
    return t.with_details(deployment_concurrency_lease_id=lease)


def refuse_same_transition(t: FlowTransition) -> FlowAnswer:
    """A repeated request does not repeat its transition."""
    made = t.current.state_details.transition_id
    if made and made == t.proposed.state_details.transition_id:
        return Reject("This run has already made this state transition.")
    return t


def end_resuming(t: FlowTransition) -> FlowAnswer:
    """A run that ends is no longer resuming."""
    return t.with_run(**_without_resuming(t))


def guard_terminal_state(t: FlowTransition) -> FlowAnswer:
    """g, h, i: a terminal state is final, unless the run starts again."""
    if t.proposed.type in {StateType.CRASHED, StateType.CANCELLING, PAUSED}:
        return Abort(f"Run is already in terminal state {t.current.type}.")
    if t.proposed.type in {SCHEDULED, PENDING, StateType.RUNNING}:
        if t.current.type == COMPLETED and t.current.data and _has_persisted_result(t.current):
            return Reject(f"Run is already {COMPLETED}.")
        if t.proposed.type == SCHEDULED and t.run.deployment_id is None:
            return Abort("Cannot reschedule a run without an associated deployment.")
        kind = "reschedule" if t.proposed.type == SCHEDULED else None
        return t.with_run(**_policy(t, resuming=False, pause_keys=set(), retry_type=kind))
    return t


def keep_result(t: FlowTransition) -> FlowAnswer:
    """j: a completion without a result does not overwrite a result."""
    current, proposed = t.current, t.proposed
    is_lost = _has_persisted_result(current) and not _has_persisted_result(proposed)
    if current.data and is_lost:
        return Reject(
            "Cannot overwrite a COMPLETED state that carries persisted result data"
            " with one that does not."
        )
    return t


def _has_persisted_result(state: State) -> bool:
    """Only an object can say where a flow's result is stored."""
    return isinstance(state.data, dict) and state.data.get("type") != "unpersisted"


def only_cancel(_: FlowTransition) -> FlowAnswer:
    """f: after CANCELLING only CANCELLED may follow."""
    return Reject("Cannot transition flows that are cancelling to a state other than Cancelled.")


def cancel_at_once(t: FlowTransition) -> FlowAnswer:
    """b: a run without infrastructure is cancelled at once."""
    waiting = t.current.type == SCHEDULED and not t.run.infrastructure_pid
    suspended = t.current.type == PAUSED and t.current.state_details.pause_reschedule
    resuming = t.current.name == "Resuming"
    if not waiting and not suspended and not resuming:
        return t
    kind = "Suspended" if suspended and not resuming else "Scheduled"
    return Reject(
        f"{kind} flow run has no infrastructure to terminate.",
        t.replacement(CANCELLED, "Cancelled", state_details=StateDetails()),
        changes=_without_resuming(t),
    )


def mark_late_once(t: FlowTransition) -> FlowAnswer:
    """Only a scheduled run becomes late, and only once."""
    if t.proposed.name != LATE:
        return t
    if t.source != SCHEDULED:
        return Reject("Only scheduled flows can be marked late.")
    return Reject("This flow run is already marked late.") if t.current.name == LATE else t


def pause_running_only(t: FlowTransition) -> FlowAnswer:
    """a: only a running flow run can be paused, and once by each key."""
    verb = _verb(t.proposed)
    details, fired = t.proposed.state_details, t.run.empirical_policy.pause_keys or set()
    key = str(t.facts.state_id) if details.pause_key is None else details.pause_key
    if t.source != StateType.RUNNING:
        return Reject(f"Cannot {verb} flows that are not currently running.")
    if key in fired:
        return Reject(f"This {verb} has already fired.")
    if details.pause_reschedule and t.run.parent_task_run_id:
        return Abort(f"Cannot {verb} subflows.")
    if details.pause_reschedule and t.run.deployment_id is None:
        return Abort(f"Cannot {verb} flows without a deployment.")
    paused = t.with_run(**_policy(t, pause_keys=fired | {key}))
    # Inputs of an earlier attempt must not answer this pause.
    keyset = details.run_input_keyset
    return paused.with_effect(ForgetInputs(tuple(keyset.values()))) if keyset else paused


def _verb(proposed: State) -> str:
    return "suspend" if proposed.name == "Suspended" else "pause"


def refuse_pending(t: FlowTransition) -> FlowAnswer:
    """e: a paused run can't become PENDING."""
    return Reject(
        f"This run cannot transition to the StateType.{PENDING} state"
        f" from the StateType.{PAUSED} state.",
        changes=_policy(t, resuming=True),
    )


def resume_in_time(t: FlowTransition) -> FlowAnswer:
    """A pause ends before its timeout; a suspended run needs a deployment to start again."""
    paused, resuming = t.current.state_details, _policy(t, resuming=True)
    name = t.proposed.name.lower()
    if paused.pause_reschedule and t.run.deployment_id is None:
        return Reject(
            f"Cannot reschedule a {name} flow run without a deployment.", changes=resuming
        )
    if paused.pause_timeout is None or paused.pause_timeout >= t.facts.now:
        starts_over = t.proposed.type == SCHEDULED and not paused.pause_reschedule
        reset = _reset_pauses(t, "reschedule") if starts_over else {}
        return replace(t, afterwards=reset or resuming)
    message = f"The flow was {name} and never resumed."
    failed = t.replacement(
        StateType.FAILED, "Failed", message=message, state_details=StateDetails()
    )
    reason = f"The flow run {_verb(t.proposed)} has timed out and can no longer resume."
    return Reject(reason, failed, changes=resuming)


def mark_resuming(t: FlowTransition) -> FlowAnswer:
    """The reference treats the cancelling of a paused run as resuming."""
    return replace(t, afterwards=_policy(t, resuming=True))


def retry_failed_run(t: FlowTransition) -> FlowAnswer:
    """d: a failed run is retried while it has retries left; it may pause again by the same keys."""
    policy = t.run.empirical_policy
    if policy.retries is None or t.run.run_count > policy.retries:
        return t.with_run(**_policy(t, retry_type=None))
    lease = t.current.state_details.deployment_concurrency_lease_id
    return try_again(
        t,
        policy.retry_delay or 0,
        _reset_pauses(t, "in_process"),
        deployment_concurrency_lease_id=lease,
    )


def _reset_pauses(t: FlowTransition, retry_type: str) -> dict[str, object]:
    """Return the changes of a run that starts over: new clients expect its pause keys reset."""
    if (t.facts.api_version or RESETS_PAUSE_KEYS) < RESETS_PAUSE_KEYS:
        return {}
    return _policy(t, resuming=False, pause_keys=set(), retry_type=retry_type)


def _without_resuming(t: FlowTransition) -> dict[str, object]:
    return _policy(t, resuming=False) if t.run.empirical_policy.resuming else {}


def _policy(t: FlowTransition, **changes: object) -> dict[str, object]:
    """Return the change of a flow run whose policy changes."""
    return {"empirical_policy": t.run.empirical_policy.replace(**changes)}
