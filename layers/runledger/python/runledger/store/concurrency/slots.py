"""The writes that take slots and give them back, for one transaction.

A limit's `active_slots` never exceeds its limit, even in a race: the condition of each write that
raises it is that the limit is as it was read and has room. The count falls together with the slot
items of a lease: each can be removed once only, so no slot is given back twice.

If a condition fails, the limits have changed: read them again and decide again.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from runledger.domain.concurrency_limits import (
    ConcurrencyLimit,
    HeldSlots,
    Holder,
    Lease,
    LeasedLimit,
)
from runledger.domain.errors import TooLarge, WriteConflict
from runledger.store.dynamodb.conditions import Attr, Condition
from runledger.store.dynamodb.expressions import PRESENT, has_version
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Add, Delete, Item, Put, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key

COUNTED = {"active_slots", "avg_slot_occupancy_seconds", "updated"}

# Digits of an average after the point; with more, a small one would be spelled with an exponent.
DIGITS = 6

# The time after its expiration at which DynamoDB may remove a lease that nobody gave back.
RETENTION = timedelta(days=1)


class SeenLimit(NamedTuple):
    """A limit as it was read: `version` guards all but its counts, `changes` guards all of it."""

    limit: ConcurrencyLimit
    version: int = 1
    changes: int = 0


class SeenLease(NamedTuple):
    """A lease as it was read."""

    lease: Lease
    version: int = 1


def limit_item(seen: SeenLimit) -> Item:
    """Spell a limit."""
    limit = seen.limit
    return keys.limit(limit.name)._asdict() | {
        "id": str(limit.id),
        "body": limit.model_dump_json(exclude_defaults=True, exclude=COUNTED),
        "version": seen.version,
        "changes": seen.changes,
        "active_slots": limit.active_slots,
        "average": number(limit.avg_slot_occupancy_seconds),
        "updated": limit.updated.isoformat(),
        "counted": limit.counted.isoformat(),
    }


def read_limit(item: Item) -> SeenLimit:
    """Read a limit from its item."""
    fields = json.loads(item["body"]) | {
        "active_slots": int(item["active_slots"]),
        "avg_slot_occupancy_seconds": float(item["average"]),
        "updated": item["updated"],
        "counted": item["counted"],
    }
    limit = ConcurrencyLimit.model_validate(fields)
    return SeenLimit(limit, int(item["version"]), int(item["changes"]))


def slot_item(limit_id: UUID, lease: Lease) -> Item:
    """Spell the slots that a lease holds of one of its limits, with the lease as it is now."""
    return keys.slot(limit_id, lease.id)._asdict() | {"body": _document(lease)}


def lease_item(seen: SeenLease) -> Item:
    """Spell a lease that can be renewed; DynamoDB removes it some time after it expired."""
    lease = seen.lease
    item = keys.lease(lease.id)._asdict() | {"body": _document(lease), "version": seen.version}
    if lease.expiration:
        item["expires_at"] = int((lease.expiration + RETENTION).timestamp())
    return item


def read_slot(item: Item) -> Lease:
    """Read a lease from one of its slot items, as it was when the slots were taken."""
    return Lease.model_validate_json(item["body"])


def read_lease(item: Item) -> SeenLease:
    """Read a lease from its item."""
    return SeenLease(Lease.model_validate_json(item["body"]), int(item["version"]))


def named_item(key: Key, name: str) -> Item:
    """Spell an item that points to a limit by its name."""
    return key._asdict() | {"name": name}


def number(value: float) -> Decimal:
    """Convert a number for DynamoDB."""
    return Decimal(f"{value:.{DIGITS}f}")


def _document(lease: Lease) -> str:
    return lease.model_dump_json(exclude_defaults=True)


# Limits of a lease: each takes two of a transaction's 100 writes, beside others.
MAX_LIMITS = 40


def leased(limits: Iterable[SeenLimit]) -> tuple[LeasedLimit, ...]:
    """Return the limits in the form in which a lease stores them."""
    return tuple(LeasedLimit(id=seen.limit.id, name=seen.limit.name) for seen in limits)


def task_run_lease(
    lease_id: UUID, task_run_id: UUID, limits: Iterable[SeenLimit], now: datetime
) -> Lease:
    """Return the lease by which a task run holds one slot of each limit until it gives it back."""
    holder = Holder(type="task_run", id=task_run_id)
    return Lease(id=lease_id, created=now, limits=leased(limits), holder=holder)


def take_writes(limits: Sequence[SeenLimit], lease: Lease, now: datetime) -> list[Write]:
    """Return the writes that take a lease's slots of limits.

    Raises:
        WriteConflict: a limit has no room.
        TooLarge: there are more limits than a transaction can hold.
    """
    slots = [Put(slot_item(seen.limit.id, lease)) for seen in limits]
    return [*count_up_writes(limits, lease.slots, now), *slots]


def count_up_writes(limits: Sequence[SeenLimit], slots: int, now: datetime) -> list[Write]:
    """Return the writes that only count more slots, without a lease.

    Raises:
        WriteConflict, TooLarge: as above.
    """
    if len(limits) > MAX_LIMITS:
        raise TooLarge(f"Slots of at most {MAX_LIMITS} limits can be taken at once.")
    full = [seen.limit.name for seen in limits if not seen.limit.as_of(now).has_room(slots)]
    if full:
        raise WriteConflict(f"no room in {full}")
    return [
        _recounted(seen, slots, Attr("active_slots").lte(seen.limit.limit - slots), now)
        for seen in limits
    ]


def release_writes(
    table: Table, leases: Iterable[HeldSlots], now: datetime, *, seconds: float = 0.0
) -> list[Write]:
    """Return the writes that give back the slots that leases still hold; reads them first.

    `seconds` is the time for which they were held, if it counts for the limits' averages.
    """
    wanted = {keys.slot(limit.id, held.lease_id): limit for held in leases for limit in held.limits}
    if not wanted:
        return []
    named = {keys.limit(limit.name) for limit in wanted.values()}
    found = table.read_many([*wanted, *named])
    held_slots = [key for key in wanted if key in found]
    slots: Counter[UUID] = Counter()
    for key in held_slots:
        slots[wanted[key].id] += read_slot(found[key]).slots
    seen_limits = [read_limit(found[key]) for key in named if key in found]
    limits = {seen.limit.id: seen for seen in seen_limits if seen.limit.id in slots}
    limits |= _renamed(table, slots.keys() - limits.keys())
    lowered = count_down_writes(limits.values(), slots, now, seconds=seconds)
    return [*(Delete(key, PRESENT) for key in held_slots), *lowered]


def count_down_writes(
    limits: Iterable[SeenLimit], slots: Mapping[UUID, int], now: datetime, *, seconds: float = 0.0
) -> list[Write]:
    """Return the writes that only count fewer slots of each limit; a count stops at zero."""
    return [_lowered(seen, slots[seen.limit.id], now, seconds) for seen in limits]


def replacing(seen: SeenLimit, limit: ConcurrencyLimit) -> Put:
    """Return the write that replaces a limit, if nothing of it changed."""
    after = SeenLimit(limit, seen.version + 1, seen.changes + 1)
    return Put(limit_item(after), unchanged(seen))


def unchanged(seen: SeenLimit) -> Condition:
    """The limit, and the slots held of it, have not changed since it was read."""
    return _same(seen) & Attr("changes").eq(seen.changes)


def _same(seen: SeenLimit) -> Condition:
    # A limit that was deleted and created again can have the name and the version of the old one.
    return Attr("id").eq(str(seen.limit.id)) & has_version(seen.version)


def _lowered(seen: SeenLimit, slots: int, now: datetime, seconds: float) -> Write:
    limit = seen.limit.as_of(now)
    # The count may be less than the slots held, if a client set it.
    fewer = min(slots, limit.active_slots)
    enough = Attr("active_slots").gte(slots) if fewer == slots else unchanged(seen)
    average = limit.change_of_average(seconds, slots) if seconds else 0.0
    return _recounted(seen, -fewer, enough, now, average=average)


def _recounted(
    seen: SeenLimit, more: int, room: Condition, now: datetime, *, average: float = 0.0
) -> Write:
    """Return the write that adds to the slots of a limit.

    A rate limit is replaced: its slots decay with time, too.
    """
    limit = seen.limit.as_of(now)
    if limit.decays:
        counted = {
            "active_slots": limit.active_slots + more,
            "avg_slot_occupancy_seconds": limit.avg_slot_occupancy_seconds + average,
        }
        return replacing(seen, limit.replace(**counted, updated=now))
    amounts = {"active_slots": Decimal(more), "changes": Decimal(1), "average": number(average)}
    return Add(keys.limit(limit.name), amounts, _same(seen) & room, {"updated": now.isoformat()})


def _renamed(table: Table, ids: Iterable[UUID]) -> dict[UUID, SeenLimit]:
    """Find the limits that no longer have the names under which slots were taken."""
    pointers = table.read_many([keys.limit_id(limit_id) for limit_id in ids])
    found = table.read_many([keys.limit(item["name"]) for item in pointers.values()])
    return {seen.limit.id: seen for seen in map(read_limit, found.values())}
