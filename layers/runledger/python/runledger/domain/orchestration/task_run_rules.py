"""The rules of task runs; their numbers are those of docs/contract/orchestration.md 2."""

from runledger.domain.orchestration.shared_rules import RETRYING, try_again
from runledger.domain.orchestration.transitions import (
    Abort,
    Enqueue,
    Reject,
    RememberResult,
    TakeSlots,
    TaskAnswer,
    TaskTransition,
    Wait,
)
from runledger.domain.random_values import jittered
from runledger.domain.runs.states import AWAITING_RETRY, TERMINAL, StateDetails, StateType

RUNNING = StateType.RUNNING
MAX_CACHE_KEY = 2000
# In seconds: longer than the calendar, and still exact as a float.
MAX_DELAY = 10**12
SLOT_WAIT_JITTER = 0.3


def reuse_cached_result(t: TaskTransition) -> TaskAnswer:
    """R2: a cached result of the proposed state's key replaces the run."""
    details = t.proposed.state_details
    if not details.cache_key or details.refresh_cache or t.facts.cached is None:
        return t
    reused = t.facts.cached.replace(
        id=t.facts.state_id, timestamp=t.proposed.timestamp, name="Cached"
    )
    return Reject("Retrieved state from cache", reused)


def guard_terminal_state(t: TaskTransition) -> TaskAnswer:
    """R3: a terminal state is final, unless the run starts again."""
    if t.proposed.type in {StateType.CRASHED, StateType.CANCELLING, StateType.PAUSED}:
        return Abort(f"Run is already {t.current.type}.")
    if t.current.has_persisted_result:
        return Reject("This run is already completed.")
    restarted = t if t.proposed.type in TERMINAL else t.with_run(run_count=0)
    behind = t.facts.flow_run and t.run.flow_run_run_count < t.facts.flow_run.run_count
    is_retry = t.proposed.type == RUNNING and behind
    return restarted.with_state(name=RETRYING) if is_retry else restarted


def require_running_flow(t: TaskTransition) -> TaskAnswer:
    """R4: a task run starts only while its flow run is running."""
    if t.run.flow_run_id is None:
        return t
    flow_state = t.facts.flow_run.state if t.facts.flow_run else None
    if flow_state and flow_state.type == RUNNING:
        return t
    if flow_state is None or flow_state.type != StateType.PAUSED:
        return Abort("The enclosing flow must be running to begin task execution.")
    paused = flow_state.state_details
    details = StateDetails(
        pause_timeout=paused.pause_timeout, pause_reschedule=paused.pause_reschedule
    )
    return Reject(
        f"The flow is paused, new tasks can execute after resuming flow run: {t.run.flow_run_id}.",
        t.replacement(StateType.PAUSED, "NotReady", state_details=details),
    )


def take_tag_slots(t: TaskTransition) -> TaskAnswer:
    """R5: take a slot of each tag's limit, all or none."""
    if not t.facts.limits:
        return t
    closed = next((limit for limit in t.facts.limits if limit.limit == 0), None)
    if closed:
        return Abort(
            f'The concurrency limit on tag "{closed.tag}" is 0'
            " and will deadlock if the task tries to run again."
        )
    if all(limit.has_room(1) for limit in t.facts.limits):
        return t.with_effect(TakeSlots())
    fullest = max(t.facts.limits, key=lambda limit: limit.active_slots / limit.limit)
    average = min(fullest.avg_slot_occupancy_seconds, fullest.max_wait)
    tags = ", ".join(str(limit.tag) for limit in t.facts.limits)
    return Wait(
        f"Concurrency limit reached for tags: {tags}",
        round(jittered(average, SLOT_WAIT_JITTER, t.facts.random_fraction)),
    )


def copy_task_parameters_id(t: TaskTransition) -> TaskAnswer:
    """R6b: a deferred run keeps the id of its parameters."""
    if t.proposed.state_details.task_parameters_id:
        return t
    return t.with_details(task_parameters_id=t.current.state_details.task_parameters_id)


def retry_failed_run(t: TaskTransition) -> TaskAnswer:
    """R7: a failed run is retried while it has retries left."""
    retries = t.run.empirical_policy.retries
    if t.proposed.state_details.retriable is False or not retries or t.run.run_count > retries:
        return t
    return try_again(t, _retry_delay(t))


def _retry_delay(t: TaskTransition) -> float:
    policy = t.run.empirical_policy
    delay = policy.retry_delay
    if isinstance(delay, list):
        # The reference fails on an empty list; it means no delay.
        delay = delay[min(t.run.run_count, len(delay)) - 1] if delay else 0
    delay = min(delay or 0, MAX_DELAY)
    if delay > 0 and policy.retry_jitter_factor:
        return jittered(delay, policy.retry_jitter_factor, t.facts.random_fraction)
    return delay


def rename_rerun(t: TaskTransition) -> TaskAnswer:
    """R8: a repeated run gets the name of a retry or a rerun."""
    if t.run.run_count == 0:
        return t
    retried = t.current.name == AWAITING_RETRY
    return t.with_state(name=RETRYING if retried else "Rerunning")


def record_flow_attempt(t: TaskTransition) -> TaskAnswer:
    """R9: record the attempt of the flow run in which the task ran last."""
    if t.facts.flow_run is None:
        return t
    return t.with_run(flow_run_run_count=t.facts.flow_run.run_count)


def remember_result(t: TaskTransition) -> TaskAnswer:
    """R10: cache a completed state that has a cache key."""
    cache_key = t.proposed.state_details.cache_key
    if not cache_key:
        return t
    remembered = t.with_effect(RememberResult())
    if len(cache_key) <= MAX_CACHE_KEY:
        return remembered
    return Reject(
        f"Cache key exceeded maximum allowed length of {MAX_CACHE_KEY} characters.",
        t.proposed,
        remembered.effects,
    )


def enqueue(t: TaskTransition) -> TaskAnswer:
    """R12: a deferred run waits for a task worker."""
    return t.with_effect(Enqueue())
