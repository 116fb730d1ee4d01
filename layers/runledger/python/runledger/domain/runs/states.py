"""The state of a run: its type, name, timestamp, data and details."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from runledger.domain.values import EPOCH, Time, Value


class StateType(StrEnum):
    """The nine types, listed as in the reference's errors."""

    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    CRASHED = "CRASHED"
    PAUSED = "PAUSED"
    CANCELLING = "CANCELLING"


AWAITING_RETRY = "AwaitingRetry"
"""The name of the state between two attempts."""

TERMINAL: AbstractSet[StateType] = frozenset(
    {StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED, StateType.CRASHED}
)


class StateDetails(Value):
    """The details of a state (docs/contract/task-runs.md 2.5); unknown keys are dropped."""

    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None
    child_flow_run_id: UUID | None = None
    scheduled_time: Time | None = None
    cache_key: str | None = None
    cache_expiration: Time | None = None
    deferred: bool | None = False
    untrackable_result: bool = False
    pause_timeout: Time | None = None
    pause_reschedule: bool = False
    pause_key: str | None = None
    run_input_keyset: dict[str, str] | None = None
    refresh_cache: bool | None = None
    retriable: bool | None = None
    transition_id: UUID | None = None
    task_parameters_id: UUID | None = None
    traceparent: str | None = None
    deployment_concurrency_lease_id: UUID | None = None


# Data of a result's artifact alone.
OF_ARTIFACT = {"artifact_key", "artifact_type", "artifact_description"}


class State(Value):
    """One state of a run."""

    id: UUID
    type: StateType
    name: str
    timestamp: datetime
    message: str | None = None
    data: Any = None
    state_details: StateDetails = StateDetails.model_construct()

    def belonging_to(self, **ids: UUID | None) -> "State":
        """Return the state with the run's own ids in its details, instead of the client's."""
        return self.replace(state_details=self.state_details.replace(**ids))

    @property
    def has_persisted_result(self) -> bool:
        """Whether the run completed with data that is stored.

        See docs/contract/orchestration.md R3.
        """
        return self.type == StateType.COMPLETED and bool(self.as_stored().data)

    def as_stored(self) -> "State":
        """Return the state as later reads have it, without unpersisted data.

        See docs/contract/task-runs.md 2.5.
        """
        data = self.data if isinstance(self.data, dict) else {}
        if data.get("type") == "unpersisted":
            return self.replace(data=None)
        kept = {key: data[key] for key in data if key not in OF_ARTIFACT}
        return self if len(kept) == len(data) else self.replace(data=kept)


def is_waiting(state: State | None) -> bool:
    """Return whether a run in this state waits for a task worker.

    See docs/contract/task-runs.md 6.3.
    """
    is_scheduled = state is not None and state.type == StateType.SCHEDULED
    return is_scheduled and bool(state and state.state_details.deferred)


def is_taken_up(state: State | None) -> bool:
    """Return whether a task worker has taken a run up and not yet started it."""
    is_pending = state is not None and state.type == StateType.PENDING
    return is_pending and bool(state and state.state_details.deferred)


# Bits of a run's id that its states' ids carry, the 12 digits by which ids are sorted first, and
# their place there: below the two bits that tell the variant of a UUID.
CARRIED, CARRIED_AT = 48, 62

TIME_ORDERED = 7
"""The version of UUIDs that begin with a time: milliseconds since 1970."""

# In the year 9892. A client's id may exceed the year 9999, with which a datetime ends.
MAX_MILLISECONDS = 250_000_000_000_000


def state_id_of(run_id: UUID, state_id: UUID) -> UUID:
    """Return a state's version 7 UUID with the beginning of its run's id in its random bits.

    26 random bits are left, for the states that a run enters in one millisecond.
    """
    low = CARRIED_AT - CARRIED
    carried = run_id.int >> (128 - CARRIED) << low
    cleared = state_id.int & ~(((1 << CARRIED) - 1) << low)
    return UUID(int=cleared | carried)


def carried_by(state_id: UUID) -> int:
    """Return the first bits of a run's id that a state's id carries, if it is of `state_id_of`."""
    return state_id.int >> (CARRIED_AT - CARRIED) & ((1 << CARRIED) - 1)


def made_at(state_id: UUID) -> datetime | None:
    """Return when a version 7 UUID was made, to the millisecond; None of any other id."""
    return time_of(state_id.int >> 80) if state_id.version == TIME_ORDERED else None


def time_of(milliseconds: int) -> datetime | None:
    """Return the time with which such a UUID begins; None of one that no datetime has."""
    in_range = milliseconds <= MAX_MILLISECONDS
    return EPOCH + timedelta(milliseconds=milliseconds) if in_range else None


def leads_to(state_id: UUID, run_id: UUID) -> bool:
    """Return whether a state's id carries the beginning of a run's."""
    return state_id_of(run_id, state_id) == state_id
