"""Concurrency limits: how many slots may be held at once, and how they are counted.

A limit with a decay is a rate limit: its slots come back by themselves, so many a second.
"""

from datetime import datetime, timedelta
from math import floor
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from runledger.domain.values import Value

TAG_PREFIX = "tag:"

# How long a slot is taken to be occupied, in seconds, until it is known; and at least.
USUAL_SECONDS, MIN_SECONDS = 2.0, 0.1

# The longest, in seconds, that clients are told to wait for a slot.
MAX_WAIT, MAX_WAIT_FOR_TAGS = 30.0, 10.0

# The average occupancy is that of the last so many slots given back, as many times over a limit.
SAMPLES = 2

MAX_STEPS = 2.0**62


def named_for(tag: str) -> str:
    """Return the name of a tag's limit."""
    return TAG_PREFIX + tag


class ConcurrencyLimit(Value):
    """A limit and how many slots of it are held, as counted at `counted`."""

    id: UUID
    created: datetime
    updated: datetime
    active: bool = True
    name: str
    limit: int
    active_slots: int = 0
    denied_slots: int = 0
    slot_decay_per_second: float = 0.0
    avg_slot_occupancy_seconds: float = USUAL_SECONDS
    counted: Annotated[datetime, Field(exclude=True)]

    @property
    def tag(self) -> str | None:
        """The tag that it limits, if it is a tag's."""
        return self.name.removeprefix(TAG_PREFIX) if self.name.startswith(TAG_PREFIX) else None

    @property
    def decays(self) -> bool:
        """Whether slots come back by themselves."""
        return self.slot_decay_per_second > 0

    @property
    def max_wait(self) -> float:
        """The longest that clients are told to wait for a slot."""
        return MAX_WAIT if self.tag is None else MAX_WAIT_FOR_TAGS

    def as_of(self, now: datetime) -> "ConcurrencyLimit":
        """Return what it is after the decay since it was counted: whole slots, the rest waits."""
        if not self.decays:
            return self
        elapsed = max((now - self.counted).total_seconds(), 0.0)
        steps = floor(min(self.slot_decay_per_second * elapsed, MAX_STEPS))
        active = max(self.active_slots - steps, 0)
        # Nothing is saved up while no slot is held.
        rest = timedelta(seconds=steps / self.slot_decay_per_second)
        counted = self.counted + rest if active else max(now, self.counted)
        denied = max(self.denied_slots - steps, 0)
        return self.replace(active_slots=active, denied_slots=denied, counted=counted)

    def has_room(self, slots: int) -> bool:
        """Tell whether so many more slots can be held."""
        return self.active_slots + slots <= self.limit

    def change_of_average(self, seconds: float, slots: int) -> float:
        """Return by how much the average changes when slots come back after so long."""
        per_slot = max(seconds / slots, MIN_SECONDS)
        return (per_slot - self.avg_slot_occupancy_seconds) / (max(self.limit, 1) * SAMPLES)


class Holder(Value):
    """Who holds a lease."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["flow_run", "task_run", "deployment"]
    id: UUID


class Leased(Value):
    """A limit that a lease has slots of; the name is the one that it had then."""

    id: UUID
    name: str


class HeldSlots(Value):
    """What is remembered of a lease by who is to give it back."""

    lease_id: UUID
    limits: tuple[Leased, ...]


class Lease(Value):
    """Slots of several limits, taken together; without an expiration they are held for good."""

    id: UUID
    created: datetime
    limits: tuple[Leased, ...]
    slots: int = 1
    holder: Holder | None = None
    expiration: datetime | None = None

    @property
    def held(self) -> HeldSlots:
        """What is to be remembered of it."""
        return HeldSlots(lease_id=self.id, limits=self.limits)

    @property
    def task_run_id(self) -> UUID | None:
        """The task run that holds it, if one does."""
        return self.holder.id if self.holder and self.holder.type == "task_run" else None

    def has_expired(self, now: datetime) -> bool:
        """Tell whether its slots may be given to others."""
        return self.expiration is not None and self.expiration <= now
