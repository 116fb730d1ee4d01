"""Request and response bodies of concurrency limits (docs/contract/neighbours.md 6)."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, field_validator

from runledger import ids
from runledger.api.bodies import Body
from runledger.api.queries import MAX_RUNS, Offset, check_limit
from runledger.domain.concurrency_limits import ConcurrencyLimit, Holder, tag_limit_name
from runledger.domain.slot_requests import Mode
from runledger.domain.values import Value

# The reference fails at larger numbers.
MAX_NUMBER = 2**63 - 1

Count = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False)]
LimitName = Annotated[str, Field(pattern=r"^[^/%&><]+$")]
LeaseDuration = Annotated[float, Field(ge=60, le=24 * 60 * 60)]
Slots = Annotated[int, Field(gt=0)]


class TagLimitCreate(Body):
    """POST /concurrency_limits/; the reference fails at tags that a limit's name can't contain."""

    tag: str = Field(pattern=r"^[^/%&><]*$")
    concurrency_limit: int = Field(ge=-MAX_NUMBER, le=MAX_NUMBER)

    def to_limit(self, now: datetime) -> ConcurrencyLimit:
        return ConcurrencyLimit(
            id=ids.run_id(),
            created=now,
            updated=now,
            counted=now,
            name=tag_limit_name(self.tag),
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
        return ConcurrencyLimit(
            id=ids.run_id(), created=now, updated=now, counted=now, **dict(self)
        )


class LimitUpdate(Body):
    """PATCH /v2/concurrency_limits/{id_or_name}; a later check refuses nulls."""

    active: bool | None = None
    name: LimitName | None = None
    limit: Count | None = None
    active_slots: Count | None = None
    denied_slots: Count | None = None
    slot_decay_per_second: Rate | None = None

    def changes(self) -> dict[str, object]:
        return self.model_dump(exclude_unset=True)


class ReadLimits(Value):
    """POST /concurrency_limits/filter and POST /v2/concurrency_limits/filter."""

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
        return cls(
            id=limit.id,
            created=limit.created,
            updated=limit.updated,
            tag=limit.tag,
            concurrency_limit=limit.limit,
            active_slots=holders,
        )


class MinimalConcurrencyLimitResponse(Value):
    """A limit whose slots were taken or released."""

    id: UUID
    name: str
    limit: int

    @classmethod
    def of(cls, limit: ConcurrencyLimit, name: str | None = None) -> Self:
        return cls(id=limit.id, name=name or limit.name, limit=limit.limit)


class ConcurrencyLimitWithLeaseResponse(Value):
    """A lease and the limits whose slots it holds."""

    lease_id: UUID
    limits: list[MinimalConcurrencyLimitResponse]


def id_or_name(text: str) -> UUID | str:
    """Return the id in a path variable, else the name; a name that is a UUID is never found."""
    try:
        return UUID(text)
    except ValueError:
        return text
