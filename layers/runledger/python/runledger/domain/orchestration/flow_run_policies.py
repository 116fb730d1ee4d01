"""The policies of flow runs: ordered rules (docs/contract/orchestration.md 1)."""

from runledger.domain.orchestration import deployment_slots, flow_run_rules, shared_rules
from runledger.domain.orchestration.shared_rules import NOT_AGAIN
from runledger.domain.orchestration.transitions import ANY_STATE, Policy, Rule
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import TERMINAL, StateType

SCHEDULED, PENDING, RUNNING = StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING
FAILED, COMPLETED, PAUSED = StateType.FAILED, StateType.COMPLETED, StateType.PAUSED
CANCELLING, CANCELLED = StateType.CANCELLING, StateType.CANCELLED
NOT_OUT = ANY_STATE - {PENDING, RUNNING, CANCELLING}
NOT_CANCELLED = ANY_STATE - {CANCELLED}
STARTING = frozenset({RUNNING, CANCELLING})
GOING_ON = ANY_STATE - {PAUSED, PENDING, CANCELLING}

# fmt: off
FLOW_CORE: Policy[FlowRun] = (
    Rule(ANY_STATE,            ANY_STATE,          flow_run_rules.keep_lease),
    Rule(ANY_STATE,            ANY_STATE,          flow_run_rules.refuse_same_transition),
    Rule(ANY_STATE,            TERMINAL,           flow_run_rules.end_resuming),
    Rule(TERMINAL,             ANY_STATE,          flow_run_rules.guard_terminal_state),
    Rule({COMPLETED},          {COMPLETED},        flow_run_rules.keep_result),
    Rule({CANCELLING},         NOT_CANCELLED,      flow_run_rules.only_cancel),
    Rule({SCHEDULED, PAUSED},  {CANCELLING},       flow_run_rules.cancel_at_once),
    Rule(NOT_AGAIN,            {PENDING},          shared_rules.refuse_second_pending),
    Rule({PENDING},            {RUNNING},          deployment_slots.start_by_lease),
    Rule(NOT_OUT,              {PENDING},          deployment_slots.secure_slot),
    Rule({PENDING},            STARTING,           deployment_slots.keep_slot_of_old_client),
    Rule(ANY_STATE,            {SCHEDULED},        flow_run_rules.mark_late_once),
    Rule(ANY_STATE,            {PAUSED},           flow_run_rules.pause_running_only),
    Rule({PAUSED},             {PENDING},          flow_run_rules.refuse_pending),
    Rule({PAUSED},             GOING_ON,           flow_run_rules.resume_in_time),
    Rule({PAUSED},             {CANCELLING},       flow_run_rules.mark_resuming),
    Rule({SCHEDULED},          {PENDING},          shared_rules.copy_scheduled_time),
    Rule({SCHEDULED, PENDING}, {RUNNING},          shared_rules.await_scheduled_time),
    Rule({RUNNING},            {FAILED},           flow_run_rules.retry_failed_run),
)
FLOW_MINIMAL: Policy[FlowRun] = (
    Rule(ANY_STATE,            ANY_STATE,          flow_run_rules.keep_lease),
    Rule(ANY_STATE,            TERMINAL,           flow_run_rules.end_resuming),
    Rule({COMPLETED},          {COMPLETED},        flow_run_rules.keep_result),
    Rule({SCHEDULED, PAUSED},  {CANCELLING},       flow_run_rules.cancel_at_once),
)
# What time alone proposes: docs/services.md.
FLOW_LATE: Policy[FlowRun] = (
    Rule(ANY_STATE,            {SCHEDULED},        flow_run_rules.mark_late_once),
    Rule({SCHEDULED},          {SCHEDULED},        deployment_slots.cancel_late_run),
)
# fmt: on


def flow_policy_for(*, force: bool, late: bool = False) -> Policy[FlowRun]:
    """Return the policy for a proposed state of a flow run; `late` if time alone proposes that."""
    if late:
        return FLOW_LATE
    return FLOW_MINIMAL if force else FLOW_CORE
