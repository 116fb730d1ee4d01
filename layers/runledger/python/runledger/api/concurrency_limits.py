"""Bodies about concurrency limits, and what is answered of them (contract, neighbours 6)."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, field_validator

from runledger import ids
from runledger.api.bodies import Body
from runledger.api.queries import MAX_RUNS, Offset, check_limit
from runledger.domain.concurrency_limits import ConcurrencyLimit, Holder, named_for
from runledger.domain.slot_requests import Mode
from runledger.domain.values import Value

# The reference fails at larger numbers.
MOST = 2**63 - 1

Count = Annotated[int, Field(ge=0, le=MOST)]
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False)]
LimitName = Annotated[str, Field(pattern=r"^[^/%&><]+$")]
LeaseDuration = Annotated[float, Field(ge=60, le=24 * 60 * 60)]
Slots = Annotated[int, Field(gt=0)]


class TagLimitCreate(Body):
    """POST /concurrency_limits/; the reference fails at tags that make no name of a limit."""

    tag: str = Field(pattern=r"^[^/%&><]*$")
    concurrency_limit: int = Field(ge=-MOST, le=MOST)

    def to_limit(self, now: datetime) -> ConcurrencyLimit:
        """Return the limit asked for."""
        return ConcurrencyLimit(
            id=ids.run_id(),
            created=now,
            updated=now,
            counted=now,
            name=named_for(self.tag),
            limit=self.concurrency_limit,
        )


class LimitCreate(Body):
    """POST /v2/concurrency_limits/."""

    active: bool = True
    name: LimitName
    limit: Count
    active_slots: Count = 0
    denied_slots: Count = 0
    slot_decay_per_second: Rate = 0.0

    def to_limit(self, now: datetime) -> ConcurrencyLimit:
        """Return the limit asked for."""
        return ConcurrencyLimit(
            id=ids.run_id(), created=now, updated=now, counted=now, **dict(self)
        )


class LimitUpdate(Body):
    """PATCH /v2/concurrency_limits/{id_or_name}; nulls get past it, and no further."""

    active: bool | None = None
    name: LimitName | None = None
    limit: Count | None = None
    active_slots: Count | None = None
    denied_slots: Count | None = None
    slot_decay_per_second: Rate | None = None

    def changes(self) -> dict[str, object]:
        """Return what was sent."""
        return self.model_dump(exclude_unset=True)


class ReadLimits(Value):
    """POST /concurrency_limits/filter and its like."""

    limit: int = MAX_RUNS
    offset: Offset = 0

    @field_validator("limit", mode="before")
    @classmethod
    def bound_limit(cls, given: object) -> object:
        """Refuse a limit out of range."""
        return check_limit(given)


class Reset(Value):
    """POST /concurrency_limits/tag/{tag}/reset."""

    slot_override: list[UUID] | None = None


class TagSlots(Value):
    """POST /concurrency_limits/increment and /decrement."""

    names: list[str]
    task_run_id: UUID


class Increment(Value):
    """POST /v2/concurrency_limits/increment."""

    slots: Slots
    names: list[str]
    mode: Mode = "concurrency"
    create_if_missing: bool | None = None


class IncrementWithLease(Value):
    """POST /v2/concurrency_limits/increment-with-lease."""

    slots: Slots
    names: list[str]
    mode: Mode = "concurrency"
    lease_duration: LeaseDuration = 300
    holder: Holder | None = None


class Decrement(Value):
    """POST /v2/concurrency_limits/decrement."""

    slots: Slots
    names: list[str]
    occupancy_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    create_if_missing: bool | None = None


class DecrementWithLease(Value):
    """POST /v2/concurrency_limits/decrement-with-lease."""

    lease_id: UUID


class Renewal(Value):
    """POST /v2/concurrency_limits/leases/{lease_id}/renew."""

    lease_duration: LeaseDuration = 300


class TagLimitResponse(Value):
    """The limit of a tag."""

    id: UUID
    created: datetime
    updated: datetime
    tag: str | None
    concurrency_limit: int
    active_slots: tuple[UUID, ...]

    @classmethod
    def of(cls, limit: ConcurrencyLimit, holders: tuple[UUID, ...]) -> Self:
        """Return what is shown of a limit and its holders."""
        return cls(
            id=limit.id,
            created=limit.created,
            updated=limit.updated,
            tag=limit.tag,
            concurrency_limit=limit.limit,
            active_slots=holders,
        )


def id_or_name(text: str) -> UUID | str:
    """Return the id that a text is, else the name; a name that is an id too finds nothing."""
    try:
        return UUID(text)
    except ValueError:
        return text


def shown(limit: ConcurrencyLimit) -> dict[str, Any]:
    """Return what is read of a limit; more is shown only when it is created."""
    return limit.model_dump(exclude={"denied_slots", "avg_slot_occupancy_seconds"})


def named(limit: ConcurrencyLimit, name: str | None = None) -> dict[str, Any]:
    """Return what is shown of a limit that slots were taken of."""
    return {"id": limit.id, "name": name or limit.name, "limit": limit.limit}
