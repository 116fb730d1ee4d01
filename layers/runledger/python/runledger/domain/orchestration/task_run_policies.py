"""The policies of task runs: ordered rules (docs/contract/orchestration.md 1)."""

from runledger.domain.orchestration import shared_rules, task_run_rules
from runledger.domain.orchestration.shared_rules import NOT_AGAIN
from runledger.domain.orchestration.transitions import ANY, ANY_STATE, Policy, Rule
from runledger.domain.runs.states import TERMINAL, State, StateType
from runledger.domain.runs.task_runs import TaskRun

SCHEDULED, PENDING, RUNNING = StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING
FAILED, COMPLETED = StateType.FAILED, StateType.COMPLETED

# fmt: off
CORE: Policy[TaskRun] = (
    Rule(ANY,                  {RUNNING},          task_run_rules.reuse_cached_result),
    Rule(TERMINAL,             ANY_STATE,          task_run_rules.guard_terminal_state),
    Rule(ANY,                  {RUNNING},          task_run_rules.require_running_flow),
    Rule(ANY,                  {RUNNING},          task_run_rules.take_tag_slots),
    Rule({SCHEDULED},          {PENDING},          shared_rules.copy_scheduled_time),
    Rule({SCHEDULED, PENDING}, {RUNNING},          shared_rules.await_scheduled_time),
    Rule({RUNNING},            {FAILED},           task_run_rules.retry_failed_run),
    Rule(ANY_STATE,            {RUNNING},          task_run_rules.rename_rerun),
    Rule(ANY,                  {RUNNING},          task_run_rules.record_flow_attempt),
    Rule(ANY,                  {COMPLETED},        task_run_rules.remember_result),
)
BACKGROUND: Policy[TaskRun] = (
    Rule(NOT_AGAIN,            {PENDING},          shared_rules.refuse_second_pending),
    Rule(ANY,                  {RUNNING},          task_run_rules.reuse_cached_result),
    Rule(TERMINAL,             ANY_STATE,          task_run_rules.guard_terminal_state),
    Rule({SCHEDULED},          {PENDING},          shared_rules.copy_scheduled_time),
    Rule({SCHEDULED, PENDING}, {PENDING, RUNNING}, task_run_rules.copy_task_parameters_id),
    Rule({SCHEDULED, PENDING}, {RUNNING},          shared_rules.await_scheduled_time),
    Rule({RUNNING},            {FAILED},           task_run_rules.retry_failed_run),
    Rule(ANY_STATE,            {RUNNING},          task_run_rules.rename_rerun),
    Rule(ANY,                  {RUNNING},          task_run_rules.record_flow_attempt),
    Rule(ANY,                  {COMPLETED},        task_run_rules.remember_result),
    Rule(ANY,                  {SCHEDULED},        task_run_rules.enqueue),
)
MINIMAL: Policy[TaskRun] = ()
# fmt: on


def policy_for(proposed: State, *, force: bool) -> Policy[TaskRun]:
    """Return the policy for a proposed state; `force` has no effect on a deferred one."""
    if proposed.state_details.deferred:
        return BACKGROUND
    return MINIMAL if force else CORE
