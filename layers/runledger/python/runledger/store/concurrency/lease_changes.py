"""Changes of a flow run's slot with its next state, for the transaction that writes it."""

from datetime import datetime
from typing import NamedTuple

from runledger.domain.concurrency_limits import Lease
from runledger.store.concurrency import slots
from runledger.store.concurrency.slots import SeenLease, SeenLimit
from runledger.store.dynamodb.expressions import ABSENT, has_version
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Delete, Put, Write
from runledger.store.schema import keys


class SlotTaken(NamedTuple):
    """A limit as it was read, and the lease by which a slot of it is taken."""

    limit: SeenLimit
    lease: Lease


class LeaseRenewed(NamedTuple):
    """A lease as it was read, and as it goes on."""

    seen: SeenLease
    lease: Lease


class LeaseChanges(NamedTuple):
    """A slot that is taken, a lease that is renewed, a lease whose slot is given back."""

    now: datetime
    taken: SlotTaken | None = None
    renewed: LeaseRenewed | None = None
    given_back: SeenLease | None = None

    def writes(self, table: Table) -> list[Write]:
        """Return the writes; they fail if the limit or the lease changed since they were read.

        Raises:
            WriteConflict: the limit has no room.
        """
        found: list[Write] = []
        if self.taken:
            limit, lease = self.taken
            own = Put(slots.lease_item(SeenLease(lease)), ABSENT)
            found += [*slots.take_writes([limit], lease, self.now), own]
        if self.renewed:
            seen, lease = self.renewed
            renewed = SeenLease(lease, seen.version + 1)
            found.append(Put(slots.lease_item(renewed), has_version(seen.version)))
        if self.given_back:
            seen = self.given_back
            freed = slots.release_writes(table, [seen.lease.held], self.now)
            found += [*freed, Delete(keys.lease(seen.lease.id), has_version(seen.version))]
        return found
