"""The table and the settings of its use; the stores of each noun are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from runledger.store.caches import FifoCache, KeyedLocks, KnownTombstones
from runledger.store.schema.keys import Key

if TYPE_CHECKING:
    from runledger.store.dynamodb.table import Deadline, Table
    from runledger.store.events.recordings import RecordedRun
    from runledger.store.websocket.connections import Connection

# The key of no item: `ping` reads it.
NO_ITEM = Key("NOWHERE", "NOWHERE")


class Shards(NamedTuple):
    """How many shards new entries are written to, and how many are read: at least as many.

    An entry stays in its shard until its thing is written again, so those who change the number
    read both, the old and the new ones.
    """

    written: int
    read: int


@dataclass(frozen=True)
class Store:
    """The table, and what the stores of all nouns share: `TaskRunStore.of(store)` makes one.

    It imports none of them, so that a function loads only those that it uses. New index entries
    are spread over `shards`; `shards_read` is larger where older entries use more. A retention of
    None keeps log lines for good.
    """

    table: Table
    shards: int
    shards_read: int = field(default=0, kw_only=True)
    log_retention: timedelta | None = None
    event_retention: timedelta = timedelta(days=7)
    known_connections: FifoCache[Connection] = field(default_factory=FifoCache, repr=False)
    known_runs: FifoCache[RecordedRun] = field(default_factory=FifoCache, repr=False)
    known_tombstones: KnownTombstones = field(default_factory=KnownTombstones, repr=False)
    run_locks: KeyedLocks = field(default_factory=KeyedLocks, repr=False)

    @property
    def index_shards(self) -> Shards:
        """The numbers of shards that are written and read."""
        return Shards(written=self.shards, read=max(self.shards, self.shards_read))

    def with_deadline(self, deadline: Deadline) -> Store:
        """Return the store whose calls raise `DeadlineExceeded` once the deadline is over."""
        return replace(self, table=self.table.with_deadline(deadline))

    def ping(self) -> None:
        """Read an item that does not exist, to learn whether the table answers.

        Raises:
            Unavailable: it does not.
        """
        self.table.read(NO_ITEM)
