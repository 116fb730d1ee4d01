"""What a warm function remembers, to ask the table for less."""

from collections.abc import Iterator
from contextlib import contextmanager
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
