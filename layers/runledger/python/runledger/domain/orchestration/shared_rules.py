"""The rules that task runs and flow runs share."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from runledger.domain.orchestration.transitions import Abort, Refusal, Reject, Transition, Wait
from runledger.domain.runs.bookkeeping import Run
from runledger.domain.runs.states import AWAITING_RETRY, StateDetails, StateType

FIRST_INSTANT = datetime(1, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)

RETRYING = "Retrying"

# The states from which `refuse_second_pending` guards PENDING.
NOT_AGAIN = frozenset(
    {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING, StateType.CANCELLED}
)


def refuse_second_pending(t: Transition[Run]) -> Transition[Run] | Refusal:
    """R1: a run becomes PENDING once; renaming its PENDING state is allowed."""
    renamed = t.proposed.name not in {t.current.name, "Pending"}
    if t.current.type != StateType.PENDING or not renamed:
        return Abort(
            f"This run is in a {t.current.type} state and cannot transition to a PENDING state."
        )
    current = t.current.state_details
    return t.with_details(
        scheduled_time=current.scheduled_time,
        deployment_concurrency_lease_id=current.deployment_concurrency_lease_id,
    )


def copy_scheduled_time(t: Transition[Run]) -> Transition[Run] | Refusal:
    """R6a: PENDING copies the scheduled time of SCHEDULED."""
    if t.proposed.state_details.scheduled_time:
        return t
    return t.with_details(scheduled_time=t.current.state_details.scheduled_time)


def await_scheduled_time(t: Transition[Run]) -> Transition[Run] | Refusal:
    """R6c: a run waits for its scheduled time; less than half a second early is on time."""
    scheduled = t.current.state_details.scheduled_time
    left = round((scheduled - t.facts.now).total_seconds()) if scheduled else 0
    return Wait("Scheduled time is in the future", left) if left > 0 else t


def try_again(
    t: Transition[Run],
    delay: float,
    changes: Mapping[str, object] | None = None,
    **details: object,
) -> Reject:
    """Replace a failure by a scheduled retry, after a delay in seconds."""
    awaiting = t.replacement(
        StateType.SCHEDULED,
        AWAITING_RETRY,
        message=t.proposed.message,
        data=t.proposed.data,
        state_details=StateDetails(scheduled_time=_after(t.facts.now, delay)).replace(**details),
    )
    return Reject(RETRYING, awaiting, changes=changes or {})


def _after(now: datetime, seconds: float) -> datetime:
    # The reference fails beyond the calendar's end.
    try:
        return now + timedelta(seconds=seconds)
    except OverflowError:
        return LAST_INSTANT if seconds > 0 else FIRST_INSTANT
