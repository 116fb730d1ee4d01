"""Removals that go on after what was asked for is gone: the table's stream tells of them again."""

from dataclasses import dataclass
from datetime import datetime

from runledger.store.changes import Change
from runledger.store.expressions import in_partition
from runledger.store.keys import Key
from runledger.store.pieces import PIECES, WRITTEN, orphans, superseded
from runledger.store.removal_keys import remainder
from runledger.store.table import AT_ONCE, MOST_LOOSE_WRITES, Query, Table, chunks
from runledger.store.writes import Delete, Put


@dataclass(frozen=True)
class RemovalStore:
    """What is asked of the table about removals."""

    table: Table

    def tell_again(self, of_thing: Key, now: datetime) -> None:
        """Let the stream tell of a removal once more, after what it has to tell already."""
        self.tell_later(of_thing, now)
        self.table.write(Delete(remainder(of_thing)))

    def tell_later(self, of_thing: Key, at: datetime) -> None:
        """Let the stream tell of a removal once more, some time after that instant."""
        expires = {"expires_at": int(at.timestamp())}
        self.table.write(Put(remainder(of_thing)._asdict() | expires))

    def remove_orphaned_pieces(self, of_thing: Key, before: datetime) -> None:
        """Remove pieces that were written before then, and that no item of a partition names."""
        shown = (*Key._fields, PIECES, WRITTEN)
        found = list(self.table.query(Query(in_partition(of_thing.pk), attributes=shown)))
        for some in chunks(orphans(found, before), AT_ONCE * MOST_LOOSE_WRITES):
            self.table.write_loosely(list(map(Delete, some)))

    def remove_superseded(self, change: Change) -> None:
        """Remove the pieces that an item named before it was replaced or removed."""
        for key in superseded(change.old, change.new):
            self.table.write(Delete(key))
