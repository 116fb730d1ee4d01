"""The table and the settings of its use; the stores of each noun are made of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock, RLock
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar
from uuid import UUID

from runledger.store.schema.keys import Key

if TYPE_CHECKING:
    from runledger.store.dynamodb.table import Deadline, Table
    from runledger.store.events.recordings import RecordedRun
    from runledger.store.websocket.connections import Connection

T = TypeVar("T")

# Things of a kind that are remembered, and runs that are written at the same time.
MAX_ENTRIES, LOCKS = 1000, 64


class FifoCache(Generic[T]):
    """The last things of a kind, by their ids. Threads may share it."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._lock = Lock()
        self._things: dict[UUID | str, T] = {}

    def get(self, thing_id: UUID | str) -> T | None:
        """Return what is remembered of a thing."""
        return self._things.get(thing_id)

    def keep(self, thing_id: UUID | str, thing: T) -> None:
        """Remember a thing, if need be in place of the one that was remembered first."""
        with self._lock:
            self._things[thing_id] = thing
            if len(self._things) > MAX_ENTRIES:
                del self._things[next(iter(self._things))]

    def forget(self, thing_id: UUID | str) -> None:
        """Remember a thing no longer."""
        with self._lock:
            self._things.pop(thing_id, None)


class KeyedLocks:
    """Lets those who are to write one run here do it one after the other, not against each other.

    A Lambda has one request at a time, the local server many.
    """

    def __init__(self) -> None:
        """Let the first one begin."""
        self._locks = tuple(RLock() for _ in range(LOCKS))

    @contextmanager
    def of(self, run_id: UUID) -> Iterator[None]:
        """Wait for the run's other writers until the block, and keep them waiting in it."""
        with self._locks[hash(run_id) % LOCKS]:
            yield


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
