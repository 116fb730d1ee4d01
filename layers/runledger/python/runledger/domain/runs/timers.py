"""States that flow runs enter by time alone: late, failed after a pause, cancelled at last.

See docs/services.md.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateDetails, StateType

SCHEDULED, LATE = "Scheduled", "Late"
AWAITING_SLOT = "AwaitingConcurrencySlot"

LATE_AFTER = timedelta(seconds=15)
CANCELLED_AFTER = timedelta(seconds=300)

NEVER_RESUMED = "The flow was paused and never resumed."
TIMED_OUT = "Flow run cancellation timed out; marked this flow run as Cancelled."


class Expiry(NamedTuple):
    """The end of a run that stays in its state: when, and whether by force."""

    at: datetime
    type: StateType
    name: str
    message: str | None = None
    force: bool = False
    scheduled_time: datetime | None = None

    def state(self, state_id: UUID, now: datetime) -> State:
        details = StateDetails(scheduled_time=self.scheduled_time)
        return State(
            id=state_id,
            type=self.type,
            name=self.name,
            timestamp=now,
            message=self.message,
            state_details=details,
        )


def expiry_of(run: FlowRun) -> Expiry | None:
    """Return what becomes of a run by time alone."""
    state = run.state
    if state is None:
        return None
    timeout = state.state_details.pause_timeout
    if state.type == StateType.SCHEDULED and state.name == SCHEDULED:
        start = run.next_scheduled_start_time
        late = start and Expiry(start + LATE_AFTER, state.type, LATE, scheduled_time=start)
        return late or None
    if state.type == StateType.PAUSED and timeout:
        return Expiry(timeout, StateType.FAILED, "Failed", NEVER_RESUMED, force=True)
    if state.type == StateType.CANCELLING:
        at = state.timestamp + CANCELLED_AFTER
        return Expiry(at, StateType.CANCELLED, "Cancelled", TIMED_OUT)
    return None


def is_coming(run: FlowRun) -> bool:
    """Return whether a schedule created a run that has not begun: it goes with its schedule."""
    return (
        run.auto_scheduled
        and run.state_type == StateType.SCHEDULED
        and run.run_count == 0
        and run.state_name != AWAITING_SLOT
    )
