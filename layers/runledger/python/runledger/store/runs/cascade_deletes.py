"""Removals that go on after what was asked for is gone, and the tombstones of deleted flow runs.

The table's stream tells of a removal again. A tombstone tells a flow run that was deleted from one
that is not there yet: events of task runs can come before and after the life of their flow run.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from runledger.store.caches import FifoCache
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.large_documents import PIECES, WRITTEN, orphans, superseded
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Put
from runledger.store.schema.keys import Key, remainder, tombstone

# For so long it is taken that a flow run without a tombstone has none yet. A task run that is made
# in this belief is found by the stream: together with the 29 seconds that a request may take, this
# must be less than the time after which `service.cascade_deletes` looks again.
BELIEF = timedelta(seconds=10)


class KnownTombstones:
    """What a warm function knows of tombstones: which there are, and when one was missing.

    That one was found outlasts that it was missing: the local server's threads may notice both.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._found: FifoCache[bool] = FifoCache()
        self._missing: FifoCache[datetime] = FifoCache()

    def lookup(self, flow_run_id: UUID, now: datetime) -> bool | None:
        """Return whether there is a tombstone, or None where it is to be read."""
        if self._found.get(flow_run_id):
            return True
        missed = self._missing.get(flow_run_id)
        return False if missed and now - missed < BELIEF else None

    def keep(self, flow_run_id: UUID, now: datetime, *, found: bool) -> None:
        """Remember whether one was there when it was looked for."""
        if found:
            self._found.keep(flow_run_id, thing=True)
        else:
            self._missing.keep(flow_run_id, now)


@dataclass(frozen=True)
class CascadeDeleteStore:
    """What is asked of the table about removals; tombstones are kept as long as events are."""

    table: Table
    retention: timedelta
    known: KnownTombstones

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
