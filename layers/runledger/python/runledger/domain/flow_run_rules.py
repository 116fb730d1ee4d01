"""The rules of flow runs; their letters are those of the contract, neighbours 3.3."""

from runledger.domain.rules import try_again
from runledger.domain.states import StateDetails, StateType
from runledger.domain.transitions import (
    Abort,
    FlowAnswer,
    FlowTransition,
    Reject,
)

PENDING, SCHEDULED, PAUSED = StateType.PENDING, StateType.SCHEDULED, StateType.PAUSED
CANCELLED, COMPLETED = StateType.CANCELLED, StateType.COMPLETED
LATE = "Late"


def refuse_same_transition(t: FlowTransition) -> FlowAnswer:
    """A transition that was made already is not made again, however often it is sent."""
    made = t.current.state_details.transition_id
    if made and made == t.proposed.state_details.transition_id:
        return Reject("This run has already made this state transition.")
    return t


def guard_terminal_state(t: FlowTransition) -> FlowAnswer:
    """g, h, i: what is over stays over, unless it is started anew."""
    if t.proposed.type in {StateType.CRASHED, StateType.CANCELLING, PAUSED}:
        return Abort(f"Run is already in terminal state {t.current.type}.")
    if t.proposed.type in {SCHEDULED, PENDING, StateType.RUNNING}:
        if t.current.has_persisted_result:
            return Reject(f"Run is already {COMPLETED}.")
        if t.proposed.type == SCHEDULED and t.run.deployment_id is None:
            return Abort("Cannot reschedule a run without an associated deployment.")
    return t


def keep_result(t: FlowTransition) -> FlowAnswer:
    """j: a result is not lost to a completion that brings none."""
    if t.current.has_persisted_result and not t.proposed.has_persisted_result:
        return Reject(
            "Cannot overwrite a COMPLETED state that carries persisted result data"
            " with one that does not."
        )
    return t


def only_cancel(_: FlowTransition) -> FlowAnswer:
    """f: what is being cancelled can only become cancelled."""
    return Reject("Cannot transition flows that are cancelling to a state other than Cancelled.")


def cancel_at_once(t: FlowTransition) -> FlowAnswer:
    """b: where nothing runs there is nothing to wait for."""
    kind = {SCHEDULED: "Scheduled", PAUSED: "Suspended"}[t.current.type]
    running = t.run.infrastructure_pid is not None
    if running or (t.current.type == PAUSED and not t.current.state_details.pause_reschedule):
        return t
    return Reject(
        f"{kind} flow run has no infrastructure to terminate.",
        t.replacement(CANCELLED, "Cancelled", state_details=StateDetails()),
    )


def mark_late_once(t: FlowTransition) -> FlowAnswer:
    """Only what is scheduled can be late, and only once."""
    if t.proposed.name != LATE:
        return t
    if t.source != SCHEDULED:
        return Reject("Only scheduled flows can be marked late.")
    return Reject("This flow run is already marked late.") if t.current.name == LATE else t


def pause_running_only(t: FlowTransition) -> FlowAnswer:
    """a: only what runs can be paused, and by each key once."""
    verb = "suspend" if t.proposed.name == "Suspended" else "pause"
    details = t.proposed.state_details
    if t.source != StateType.RUNNING:
        return Reject(f"Cannot {verb} flows that are not currently running.")
    if details.pause_key and details.pause_key in (t.run.empirical_policy.pause_keys or ()):
        return Reject("This pause has already fired.")
    if details.pause_reschedule and t.run.parent_task_run_id:
        return Abort(f"Cannot {verb} subflows.")
    if details.pause_reschedule and t.run.deployment_id is None:
        return Abort(f"Cannot {verb} flows without a deployment.")
    return _with_policy(t, pause_keys=_keys_and(t, details.pause_key))


def _keys_and(t: FlowTransition, pause_key: str | None) -> set[str]:
    return (t.run.empirical_policy.pause_keys or set()) | ({pause_key} if pause_key else set())


def resume_in_time(t: FlowTransition) -> FlowAnswer:
    """e: a pause ends in time, and not by being handed out again."""
    if t.proposed.type == PAUSED:
        return t
    if t.proposed.type == PENDING:
        return Reject(
            f"This run cannot transition to the StateType.{PENDING} state"
            f" from the StateType.{PAUSED} state."
        )
    timeout = t.current.state_details.pause_timeout
    if timeout and timeout < t.facts.now:
        message = f"The flow was {t.proposed.name.lower()} and never resumed."
        failed = t.replacement(
            StateType.FAILED, "Failed", message=message, state_details=StateDetails()
        )
        return Reject("The flow run pause has timed out and can no longer resume.", failed)
    return _with_policy(t, resuming=True)


def retry_failed_run(t: FlowTransition) -> FlowAnswer:
    """d: a failure is tried again while the run has retries left; pauses fire anew."""
    policy = t.run.empirical_policy
    if policy.retries is None or t.run.run_count > policy.retries:
        return t
    anew = policy.but(resuming=False, pause_keys=set(), retry_type="in_process")
    return try_again(t, policy.retry_delay or 0, {"empirical_policy": anew})


def _with_policy(t: FlowTransition, **changes: object) -> FlowTransition:
    return t.with_run(empirical_policy=t.run.empirical_policy.but(**changes))
