"""Repeats of cascade deletes, and the tombstones of deleted flow runs.

A `REMAINDER` item whose removal is a stream record makes the stream repeat a cascade delete. A
tombstone distinguishes a deleted flow run from one that does not exist yet: events of task runs can
come before their flow run is created and after it is deleted.
"""

from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.large_documents import PIECES, WRITTEN, orphans, superseded
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Put
from runledger.store.schema.keys import Key, remainder, tombstone
from runledger.store.store import KnownTombstones, Store


class CascadeDeleteStore(NamedTuple):
    """Cascade deletes in the table; tombstones expire after `retention`, as events do."""

    table: Table
    retention: timedelta
    known: KnownTombstones

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.event_retention, store.known_tombstones)

    def repeat_now(self, entity: Key, now: datetime) -> None:
        """Let the stream repeat an entity's cascade delete, after its pending records."""
        self.repeat_later(entity, now)
        self.table.write(Delete(remainder(entity)))

    def repeat_later(self, entity: Key, at: datetime) -> None:
        """Let the stream repeat an entity's cascade delete, some time after that instant."""
        self.table.write(_expiring(remainder(entity), at))

    def remove_orphaned_pieces(self, entity: Key, before: datetime) -> None:
        """Remove the pieces in a partition that were written `before` and that no item names."""
        attributes = (*Key._fields, PIECES, WRITTEN)
        found = list(self.table.query(Query(in_partition(entity.pk), attributes=attributes)))
        self.table.remove_unordered(orphans(found, before))

    def remove_superseded(self, change: Change) -> None:
        """Remove the pieces that an item named before it was replaced or removed."""
        for key in superseded(change.old, change.new):
            self.table.write(Delete(key))

    def tombstone(self, flow_run_id: UUID, now: datetime) -> Put:
        """Return the write of a flow run's tombstone, for the transaction that deletes it."""
        return _expiring(tombstone(flow_run_id), now + self.retention)

    def cache_tombstone(self, flow_run_id: UUID, now: datetime) -> None:
        """Cache that a tombstone was written."""
        self.known.put(flow_run_id, now, found=True)


def _expiring(key: Key, at: datetime) -> Put:
    return Put(key._asdict() | {"expires_at": int(at.timestamp())})
