"""Items of concurrency limits, of slots and of leases.

What is counted of a limit stands in attributes of its own, so that it can be added to without
replacing the rest: `version` tells whether the rest is still what was read, `changes` whether all
of it is.
"""

import json
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from runledger.domain.concurrency.concurrency_limits import ConcurrencyLimit, Lease
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys
from runledger.store.schema.keys import Key

COUNTED = {"active_slots", "avg_slot_occupancy_seconds", "updated"}

# As many digits of an average are kept behind the point; with more, a small one would be spelled
# with an exponent.
DIGITS = 6

# How long a lease that nobody gave back stays to be looked at.
KEPT = timedelta(days=1)


class SeenLimit(NamedTuple):
    """A limit as it was read: the version guards all but what is counted, `changes` all."""

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
    """Read back what `limit_item` spelled."""
    fields = json.loads(item["body"]) | {
        "active_slots": int(item["active_slots"]),
        "avg_slot_occupancy_seconds": float(item["average"]),
        "updated": item["updated"],
        "counted": item["counted"],
    }
    limit = ConcurrencyLimit.model_validate(fields)
    return SeenLimit(limit, int(item["version"]), int(item["changes"]))


def slot_item(limit_id: UUID, lease: Lease) -> Item:
    """Spell the slots that a lease holds of one of its limits, with the lease as it was taken."""
    return keys.slot(limit_id, lease.id)._asdict() | {"body": _document(lease)}


def lease_item(seen: SeenLease) -> Item:
    """Spell a lease that can be renewed; DynamoDB removes it some time after it expired."""
    lease = seen.lease
    gone = {"expires_at": int((lease.expiration + KEPT).timestamp())} if lease.expiration else {}
    own = keys.lease(lease.id)._asdict()
    return own | {"body": _document(lease), "version": seen.version} | gone


def read_slot(item: Item) -> Lease:
    """Read back, from slots that it holds, a lease as it was taken."""
    return Lease.model_validate_json(item["body"])


def read_lease(item: Item) -> SeenLease:
    """Read back what `lease_item` spelled."""
    return SeenLease(Lease.model_validate_json(item["body"]), int(item["version"]))


def named_item(key: Key, name: str) -> Item:
    """Spell an item that leads to the limit of a name."""
    return key._asdict() | {"name": name}


def number(value: float) -> Decimal:
    """Spell a number as DynamoDB takes it."""
    return Decimal(f"{value:.{DIGITS}f}")


def _document(lease: Lease) -> str:
    return lease.model_dump_json(exclude_defaults=True)
