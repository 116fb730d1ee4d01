"""Removals that go on after what was asked for is gone, and the tombstones of deleted flow runs.

The table's stream tells of a removal again. A tombstone tells a flow run that was deleted from one
that is not there yet: events of task runs can come before and after the life of their flow run.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.large_documents import PIECES, WRITTEN, orphans, superseded
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Put
from runledger.store.schema.keys import Key, remainder, tombstone
from runledger.store.store import KnownTombstones, Store


@dataclass(frozen=True)
class CascadeDeleteStore:
    """What is asked of the table about removals; tombstones are kept as long as events are."""

    table: Table
    retention: timedelta
    known: KnownTombstones

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table, store.event_retention, store.known_tombstones)

    def repeat_now(self, of_thing: Key, now: datetime) -> None:
        """Let the stream tell of a removal once more, after what it has to tell already."""
        self.repeat_later(of_thing, now)
        self.table.write(Delete(remainder(of_thing)))

    def repeat_later(self, of_thing: Key, at: datetime) -> None:
        """Let the stream tell of a removal once more, some time after that instant."""
        self.table.write(_expiring(remainder(of_thing), at))

    def remove_orphaned_pieces(self, of_thing: Key, before: datetime) -> None:
        """Remove pieces that were written before then, and that no item of a partition names."""
        shown = (*Key._fields, PIECES, WRITTEN)
        found = list(self.table.query(Query(in_partition(of_thing.pk), attributes=shown)))
        self.table.remove_unordered(orphans(found, before))

    def remove_superseded(self, change: Change) -> None:
        """Remove the pieces that an item named before it was replaced or removed."""
        for key in superseded(change.old, change.new):
            self.table.write(Delete(key))

    def tombstone(self, flow_run_id: UUID, now: datetime) -> Put:
        """Return the write that goes with a flow run's removal."""
        return _expiring(tombstone(flow_run_id), now + self.retention)

    def note(self, flow_run_id: UUID, now: datetime) -> None:
        """Remember that a tombstone was written."""
        self.known.keep(flow_run_id, now, found=True)

    def was_deleted(self, flow_run_id: UUID, now: datetime) -> bool:
        """Tell whether a flow run was deleted, as of some seconds ago."""
        known = self.known.lookup(flow_run_id, now)
        if known is not None:
            return known
        found = self.table.read(tombstone(flow_run_id)) is not None
        self.known.keep(flow_run_id, now, found=found)
        return found


def _expiring(key: Key, at: datetime) -> Put:
    return Put(key._asdict() | {"expires_at": int(at.timestamp())})
