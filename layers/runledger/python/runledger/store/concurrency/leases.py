"""Leases of slots in the table: take, renew, give back and revoke them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Self
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

# Leases that one transaction revokes: two writes for each, and one for their limit.
MAX_REVOKED = 40


class LeaseStore(NamedTuple):
    """Leases and slots in the table.

    Every writing method raises `WriteConflict` when a limit or a lease changed since it was read.
    """

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def read(self, lease_id: UUID) -> SeenLease | None:
        """Return a renewable lease, expired or not."""
        return self.read_many([lease_id]).get(lease_id)

    def read_many(self, ids: Iterable[UUID]) -> dict[UUID, SeenLease]:
        """Return the renewable leases among the ids, expired or not."""
        found = self.table.read_many([keys.lease(lease_id) for lease_id in ids])
        return {seen.lease.id: seen for seen in map(slots.read_lease, found.values())}

    def expired(self, leases: Iterable[Lease], now: datetime) -> list[SeenLease]:
        """Return the expired leases, of those that slots contain.

        A slot has its lease's first expiration. If that is over, the lease itself is read: it may
        have been renewed, and later removed.
        """
        candidates = {lease.id: SeenLease(lease) for lease in leases if lease.has_expired(now)}
        latest = candidates | self.read_many(candidates)
        return [seen for seen in latest.values() if seen.lease.has_expired(now)]

    def take(
        self, limits: Sequence[SeenLimit], lease: Lease, now: datetime, *, renewable: bool
    ) -> None:
        """Take a lease's slots of limits, all or none."""
        own = [Put(slots.lease_item(SeenLease(lease)))] if renewable else []
        self._write(*slots.take_writes(limits, lease, now), *own)

    def count_up(self, limits: Sequence[SeenLimit], number: int, now: datetime) -> None:
        """Take slots of limits without a lease, all or none."""
        self._write(*slots.count_up_writes(limits, number, now))

    def count_down(
        self, limits: Sequence[SeenLimit], number: int, now: datetime, *, seconds: float
    ) -> None:
        """Give back slots that were taken without a lease."""
        numbers = {seen.limit.id: number for seen in limits}
        self._write(*slots.count_down_writes(limits, numbers, now, seconds=seconds))

    def give_back(self, held: HeldSlots, now: datetime, *, seconds: float = 0.0) -> None:
        """Give back the slots that a lease still holds, and end it."""
        writes = slots.release_writes(self.table, [held], now, seconds=seconds)
        self._write(*writes, Delete(keys.lease(held.lease_id)))

    def give_back_expired(self, seen: SeenLease, now: datetime) -> None:
        """Give back the slots that a lease still holds, and end it, unless it was renewed."""
        lease = seen.lease
        seconds = (now - lease.created).total_seconds()
        writes = slots.release_writes(self.table, [lease.held], now, seconds=seconds)
        self._write(*writes, Delete(keys.lease(lease.id), ABSENT | has_version(seen.version)))

    def revoke(self, limit_id: UUID, leases: Sequence[Lease], now: datetime) -> None:
        """Give back a limit's slots of up to `MAX_REVOKED` leases; leases of no other limit end."""
        own = [
            HeldSlots(
                lease_id=lease.id,
                limits=tuple(limit for limit in lease.limits if limit.id == limit_id),
            )
            for lease in leases
        ]
        ended = [Delete(keys.lease(lease.id)) for lease in leases if len(lease.limits) == 1]
        self._write(*slots.release_writes(self.table, own, now), *ended)

    def assign(self, seen: SeenLimit, leases: Sequence[Lease], now: datetime) -> None:
        """Let these leases, and no others, hold slots of a limit of which no slot is held.

        Raises:
            TooLarge: there are more of them than a transaction can hold.
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
        """Return the leases that hold slots of a limit, as they were when the slots were taken."""
        held = in_partition(keys.limit_id(limit_id).pk, keys.under(keys.SLOT))
        return [slots.read_slot(item) for item in self.table.query(Query(held))]

    def make_room(self, full: Iterable[SeenLimit], now: datetime) -> None:
        """Release the slots of full limits that expired leases hold: no other process does.

        Raises:
            WriteConflict: slots were released; read the limits again.
        """
        for seen in full:
            expired = self.expired(self.of_limit(seen.limit.id), now)
            for lease in expired:
                self.give_back_expired(lease, now)
            if expired:
                raise WriteConflict(f"slots of {seen.limit.name} were released")

    def _write(self, *writes: Write) -> None:
        if not writes:
            return
        try:
            self.table.write(*writes)
        except ConditionFailed as failed:
            raise WriteConflict("slots were taken or given back meanwhile") from failed
