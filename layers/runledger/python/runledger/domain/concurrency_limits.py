"""Concurrency limits: how many slots may be held at once, and how they are counted.

A limit with a decay is a rate limit: its slots come back by themselves, so many a second.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from math import floor
from typing import Annotated
from uuid import UUID

from pydantic import Field

from runledger.domain.values import Value

TAG_PREFIX = "tag:"

# What one slot is taken to be occupied for, in seconds, until it is known, and at least.
USUAL_SECONDS, LEAST_SECONDS = 2.0, 0.1

# Clients that found no room come back after at most so many seconds.
MOST_WAIT_SECONDS, MOST_WAIT_SECONDS_FOR_TAGS = 30.0, 10.0

# How many times over a limit's slots must be given back until their average forgets older ones.
SAMPLES = 2


class HolderType(StrEnum):
    """What holds a lease."""

    FLOW_RUN = "flow_run"
    TASK_RUN = "task_run"
    DEPLOYMENT = "deployment"


class Holder(Value):
    """Who holds a lease."""

    type: HolderType
    id: UUID


class ConcurrencyLimit(Value):
    """A limit and the slots that are held of it, as counted at `counted`."""

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
    def seconds_to_wait(self) -> float:
        """How long a slot is occupied on average, as far as clients are to wait for it."""
        most = MOST_WAIT_SECONDS if self.tag is None else MOST_WAIT_SECONDS_FOR_TAGS
        return min(self.avg_slot_occupancy_seconds, most)

    def as_of(self, now: datetime) -> "ConcurrencyLimit":
        """Return what decayed since it was counted taken off: whole slots, the rest is kept.

        Denied slots decay in any case: as fast as slots come back.
        """
        rate = self.slot_decay_per_second or 1 / max(self.seconds_to_wait, LEAST_SECONDS)
        steps = floor(rate * max((now - self.counted).total_seconds(), 0))
        active = max(self.active_slots - steps, 0) if self.decays else self.active_slots
        denied = max(self.denied_slots - steps, 0)
        is_used_up = (active if self.decays else denied) == 0
        counted = now if is_used_up else self.counted + timedelta(seconds=steps / rate)
        return self.but(active_slots=active, denied_slots=denied, counted=counted)

    def has_room(self, slots: int) -> bool:
        """Tell whether so many more slots can be held."""
        return self.active_slots + slots <= self.limit

    def change_of_average(self, seconds: float, slots: int) -> float:
        """Return by how much the average changes when slots are given back after so long."""
        per_slot = max(seconds / slots, LEAST_SECONDS)
        return (per_slot - self.avg_slot_occupancy_seconds) / (max(self.limit, 1) * SAMPLES)


class Leased(Value):
    """A limit that a lease has slots of; the name is the one that it had then."""

    id: UUID
    name: str


class Lease(Value):
    """Slots of several limits, taken together; without an expiration they are held for good."""

    id: UUID
    created: datetime
    limits: tuple[Leased, ...]
    slots: int = 1
    holder: Holder | None = None
    expiration: datetime | None = None

    def has_expired(self, now: datetime) -> bool:
        """Tell whether its slots may be given to others."""
        return self.expiration is not None and self.expiration <= now


class Held(Value):
    """What is remembered of a lease by who is to give it back."""

    lease_id: UUID
    limits: tuple[Leased, ...]
