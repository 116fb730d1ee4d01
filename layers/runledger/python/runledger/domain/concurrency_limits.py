"""Concurrency limits: their slots, leases and counts.

A limit with a decay is a rate limit: a number of its slots become free each second.
"""

from datetime import datetime, timedelta
from math import floor
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from runledger.domain.values import Value

TAG_PREFIX = "tag:"

# A slot's assumed occupancy before the first measurement, and the least one, in seconds.
DEFAULT_SECONDS, MIN_SECONDS = 2.0, 0.1

# The longest wait for a slot that is sent to clients, in seconds.
MAX_WAIT, MAX_WAIT_FOR_TAGS = 30.0, 10.0

# The average occupancy is that of the last `limit * SAMPLES` released slots.
SAMPLES = 2

MAX_STEPS = 2.0**62


def tag_limit_name(tag: str) -> str:
    return TAG_PREFIX + tag


class ConcurrencyLimit(Value):
    """A limit with its slot counts as of `counted`."""

    id: UUID
    created: datetime
    updated: datetime
    active: bool = True
    name: str
    limit: int
    active_slots: int = 0
    denied_slots: int = 0
    slot_decay_per_second: float = 0.0
    avg_slot_occupancy_seconds: float = DEFAULT_SECONDS
    counted: Annotated[datetime, Field(exclude=True)]

    @property
    def tag(self) -> str | None:
        """The tag, if it is a tag's limit."""
        return self.name.removeprefix(TAG_PREFIX) if self.name.startswith(TAG_PREFIX) else None

    @property
    def decays(self) -> bool:
        """Whether slots become free by themselves."""
        return self.slot_decay_per_second > 0

    @property
    def max_wait(self) -> float:
        """The longest wait that is sent to clients, in seconds."""
        return MAX_WAIT if self.tag is None else MAX_WAIT_FOR_TAGS

    def as_of(self, now: datetime) -> "ConcurrencyLimit":
        """Return the limit after the decay since `counted`: whole slots; the rest counts later."""
        if not self.decays:
            return self
        elapsed = max((now - self.counted).total_seconds(), 0.0)
        steps = floor(min(self.slot_decay_per_second * elapsed, MAX_STEPS))
        active = max(self.active_slots - steps, 0)
        # Decay does not accumulate while no slot is held.
        rest = timedelta(seconds=steps / self.slot_decay_per_second)
        counted = self.counted + rest if active else max(now, self.counted)
        denied = max(self.denied_slots - steps, 0)
        return self.replace(active_slots=active, denied_slots=denied, counted=counted)

    def has_room(self, slots: int) -> bool:
        """Return whether so many slots are free."""
        return self.active_slots + slots <= self.limit

    def change_of_average(self, seconds: float, slots: int) -> float:
        """Return the change of the average occupancy when slots are released after `seconds`."""
        per_slot = max(seconds / slots, MIN_SECONDS)
        return (per_slot - self.avg_slot_occupancy_seconds) / (max(self.limit, 1) * SAMPLES)


class GlobalConcurrencyLimitResponse(Value):
    """A limit as reads show it, with fewer fields than its creation does."""

    id: UUID
    created: datetime
    updated: datetime
    active: bool
    name: str
    limit: int
    active_slots: int
    slot_decay_per_second: float

    @classmethod
    def of(cls, limit: ConcurrencyLimit) -> "GlobalConcurrencyLimitResponse":
        return cls.model_construct(**{field: getattr(limit, field) for field in cls.model_fields})


class Holder(Value):
    """The run or deployment that holds a lease."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["flow_run", "task_run", "deployment"]
    id: UUID


class LeasedLimit(Value):
    """A limit of a lease; the name is the one at the time when the slots were taken."""

    id: UUID
    name: str


class HeldSlots(Value):
    """A reference to a lease, stored with the run that must release it."""

    lease_id: UUID
    limits: tuple[LeasedLimit, ...]


class Lease(Value):
    """Slots of several limits, taken together; without an expiration it never ends by itself."""

    id: UUID
    created: datetime
    limits: tuple[LeasedLimit, ...]
    slots: int = 1
    holder: Holder | None = None
    expiration: datetime | None = None

    @property
    def held(self) -> HeldSlots:
        """The reference to this lease."""
        return HeldSlots(lease_id=self.id, limits=self.limits)

    @property
    def task_run_id(self) -> UUID | None:
        """The holder, if it is a task run."""
        return self.holder.id if self.holder and self.holder.type == "task_run" else None

    def has_expired(self, now: datetime) -> bool:
        """Return whether the lease has ended, so that its slots are free."""
        return self.expiration is not None and self.expiration <= now
