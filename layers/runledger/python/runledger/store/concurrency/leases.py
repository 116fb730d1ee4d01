"""Slots in the table: who takes them, for how long, and who gives them back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from runledger.domain.concurrency_limits import HeldSlots, Lease
from runledger.domain.errors import TooLarge, WriteConflict
from runledger.store.concurrency import slots
from runledger.store.concurrency.slots import SeenLease, SeenLimit
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version, in_partition
from runledger.store.dynamodb.table import MAX_WRITES, Query, Table
from runledger.store.dynamodb.writes import Delete, Put, Write
from runledger.store.schema import keys
from runledger.store.store import Store

# Two writes for each, and one for their limit.
MAX_AT_ONCE = 40


@dataclass(frozen=True)
class LeaseStore:
    """What is asked of the table about slots and leases.

    Every writing method raises `WriteConflict` when what it was given is no longer as it was read.
    """

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table)

    def read(self, lease_id: UUID) -> SeenLease | None:
        """Return a lease that can be renewed, whether it expired or not."""
        return self.read_many([lease_id]).get(lease_id)

    def read_many(self, ids: Iterable[UUID]) -> dict[UUID, SeenLease]:
        """Return those leases that can be renewed, whether they expired or not."""
        found = self.table.read_many([keys.lease(lease_id) for lease_id in ids])
        return {seen.lease.id: seen for seen in map(slots.read_lease, found.values())}

    def expired(self, leases: Iterable[Lease], now: datetime) -> list[SeenLease]:
        """Return those leases of slots that have expired.

        A slot tells what was agreed when it was taken; only after that the lease itself is read,
        for it may have been renewed, and later be gone.
        """
        doubtful = {lease.id: SeenLease(lease) for lease in leases if lease.has_expired(now)}
        known = doubtful | self.read_many(doubtful)
        return [seen for seen in known.values() if seen.lease.has_expired(now)]

    def take(
        self, limits: Sequence[SeenLimit], lease: Lease, now: datetime, *, renewable: bool
    ) -> None:
        """Take a lease's slots of limits, all or none."""
        own = [Put(slots.lease_item(SeenLease(lease)))] if renewable else []
        self._write(*slots.take_writes(limits, lease, now), *own)

    def count_up(self, limits: Sequence[SeenLimit], number: int, now: datetime) -> None:
        """Take slots of limits that nobody is remembered to hold, all or none."""
        self._write(*slots.count_up_writes(limits, number, now))

    def count_down(
        self, limits: Sequence[SeenLimit], number: int, now: datetime, *, seconds: float
    ) -> None:
        """Give back slots that nobody is remembered to hold."""
        numbers = {seen.limit.id: number for seen in limits}
        self._write(*slots.count_down_writes(limits, numbers, now, seconds=seconds))

    def give_back(self, held: HeldSlots, now: datetime, *, seconds: float = 0.0) -> None:
        """Give back what is still held of a lease, and end it."""
        writes = slots.release_writes(self.table, [held], now, seconds=seconds)
        self._write(*writes, Delete(keys.lease(held.lease_id)))

    def give_back_expired(self, seen: SeenLease, now: datetime) -> None:
        """Give back what is still held of a lease, and end it, unless it was renewed."""
        lease = seen.lease
        seconds = (now - lease.created).total_seconds()
        writes = slots.release_writes(self.table, [lease.held], now, seconds=seconds)
        self._write(*writes, Delete(keys.lease(lease.id), ABSENT | has_version(seen.version)))

    def revoke(self, limit_id: UUID, leases: Sequence[Lease], now: datetime) -> None:
        """Give back what up to `MAX_AT_ONCE` leases hold of a limit; what holds no other ends."""
        own = [
            HeldSlots(
                lease_id=lease.id, limits=tuple(one for one in lease.limits if one.id == limit_id)
            )
            for lease in leases
        ]
        ended = [Delete(keys.lease(lease.id)) for lease in leases if len(lease.limits) == 1]
        self._write(*slots.release_writes(self.table, own, now), *ended)

    def assign(self, seen: SeenLimit, leases: Sequence[Lease], now: datetime) -> None:
        """Count as held of a limit, of which nobody holds anything, what these leases hold.

        Raises:
            TooLarge: a transaction can't hold so many.
        """
        if len(leases) > MAX_WRITES - 1:
            raise TooLarge(f"At most {MAX_WRITES - 1} slots can be assigned at once.")
        limit = seen.limit.replace(active_slots=len(leases), updated=now, counted=now)
        held = [Put(slots.slot_item(limit.id, lease)) for lease in leases]
        self._write(slots.replacing(seen, limit), *held)

    def renew(self, seen: SeenLease, lease: Lease) -> None:
        """Replace a lease that was read."""
        after = SeenLease(lease, seen.version + 1)
        self._write(Put(slots.lease_item(after), has_version(seen.version)))

    def of_limit(self, limit_id: UUID) -> list[Lease]:
        """Return the leases that hold slots of a limit, as they were taken."""
        held = in_partition(keys.limit_id(limit_id).pk, keys.under(keys.SLOT))
        return [slots.read_slot(item) for item in self.table.query(Query(held))]

    def make_room(self, full: Iterable[SeenLimit], now: datetime) -> None:
        """Release the slots of expired leases of full limits: nobody else is sure to do it.

        Raises:
            WriteConflict: slots were released; look at the limits again.
        """
        for seen in full:
            expired = self.expired(self.of_limit(seen.limit.id), now)
            for one in expired:
                self.give_back_expired(one, now)
            if expired:
                raise WriteConflict(f"slots of {seen.limit.name} were released")

    def _write(self, *writes: Write) -> None:
        if not writes:
            return
        try:
            self.table.write(*writes)
        except ConditionFailed as failed:
            raise WriteConflict("slots were taken or given back meanwhile") from failed
