"""What a warm function remembers, to ask the table for less."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock, RLock
from typing import Generic, TypeVar
from uuid import UUID

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
