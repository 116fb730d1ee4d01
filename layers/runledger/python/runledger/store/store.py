"""The table and its settings, from which each noun's store is made."""

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
    from runledger.domain.runs.observed_states import ObservedState
    from runledger.store.api_keys import KnownKey
    from runledger.store.dynamodb.calls import Deadline
    from runledger.store.dynamodb.table import Table
    from runledger.store.events.recordings import RecordedRun
    from runledger.store.websocket.connections import Connection

T = TypeVar("T")

# Entries of a cache, and locks for runs.
MAX_ENTRIES, LOCKS = 1000, 64


class FifoCache(Generic[T]):
    """Up to `MAX_ENTRIES` values by their ids; the oldest go first. Threads may share it."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = Lock()
        self._values: dict[UUID | str, T] = {}

    def get(self, value_id: UUID | str) -> T | None:
        """Return the value with the id, if it is cached."""
        return self._values.get(value_id)

    def put(self, value_id: UUID | str, value: T) -> None:
        """Add or replace a value; drop the oldest one if there are too many."""
        with self._lock:
            self._values[value_id] = value
            if len(self._values) > MAX_ENTRIES:
                del self._values[next(iter(self._values))]

    def forget(self, value_id: UUID | str) -> None:
        """Drop a value."""
        with self._lock:
            self._values.pop(value_id, None)


class KeyedLocks:
    """Serializes the writes of a run by threads of this process, so that they don't conflict.

    A Lambda has one request at a time, the local server many.
    """

    def __init__(self) -> None:
        """Create the locks, which runs share by their hash."""
        self._locks = tuple(RLock() for _ in range(LOCKS))

    @contextmanager
    def of(self, run_id: UUID) -> Iterator[None]:
        """Hold the run's lock."""
        with self._locks[hash(run_id) % LOCKS]:
            yield


# For this time after a read that found no tombstone, a flow run counts as not deleted. The stream
# removes task runs that are created in it meanwhile: this time and the 29 seconds that a request
# may take must be less than the time after which `service.stream.cascade_deletes` looks again.
MISSING_TTL = timedelta(seconds=10)


class KnownTombstones:
    """A warm function's cache of tombstones: which exist, and when one was missing.

    Found tombstones win over missing ones: the local server's threads may see both.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._found: FifoCache[bool] = FifoCache()
        self._missing: FifoCache[datetime] = FifoCache()

    def lookup(self, flow_run_id: UUID, now: datetime) -> bool | None:
        """Return whether there is a tombstone; None if it has to be read."""
        if self._found.get(flow_run_id):
            return True
        missed = self._missing.get(flow_run_id)
        return False if missed and now - missed < MISSING_TTL else None

    def put(self, flow_run_id: UUID, now: datetime, *, found: bool) -> None:
        """Cache whether a read found a tombstone."""
        if found:
            self._found.put(flow_run_id, value=True)
        else:
            self._missing.put(flow_run_id, now)


# The key of no item: `ping` reads it.
NO_ITEM = Key("NOWHERE", "NOWHERE")


class Shards(NamedTuple):
    """The number of shards that new entries are written to, and the number read: at least as many.

    An entry stays in its shard until its entity is written again: after a change of the number, old
    and new shards are read.
    """

    written: int
    read: int


@dataclass(frozen=True)
class Store:
    """The table, settings and caches that all nouns' stores share: `TaskRunStore.of(store)`.

    This module imports none of them, so that a function loads only the stores that it uses. New
    index entries are spread over `shards`; `shards_read` is larger where older entries use more.
    With a retention of None, log lines and runs stay for good.
    """

    table: Table
    shards: int
    shards_read: int = field(default=0, kw_only=True)
    log_retention: timedelta | None = None
    event_retention: timedelta = timedelta(days=7)
    run_retention: timedelta | None = None
    actor: str | None = None
    known_pairs: FifoCache[ObservedState] = field(default_factory=FifoCache, repr=False)
    known_connections: FifoCache[Connection] = field(default_factory=FifoCache, repr=False)
    known_runs: FifoCache[RecordedRun] = field(default_factory=FifoCache, repr=False)
    known_keys: FifoCache[KnownKey] = field(default_factory=FifoCache, repr=False)
    known_tombstones: KnownTombstones = field(default_factory=KnownTombstones, repr=False)
    run_locks: KeyedLocks = field(default_factory=KeyedLocks, repr=False)

    @property
    def index_shards(self) -> Shards:
        """The numbers of shards that are written and read."""
        return Shards(written=self.shards, read=max(self.shards, self.shards_read))

    def with_deadline(self, deadline: Deadline) -> Store:
        """Return the store whose calls raise `DeadlineExceeded` once the deadline is over."""
        return replace(self, table=self.table.with_deadline(deadline))

    def acting_for(self, key_name: str) -> Store:
        """Return the store that notes in flow runs whose key changes them."""
        return replace(self, actor=key_name)

    def ping(self) -> None:
        """Read an item that does not exist, to check that the table answers.

        Raises:
            Unavailable: it does not.
        """
        self.table.read(NO_ITEM)
