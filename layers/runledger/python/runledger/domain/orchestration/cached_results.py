"""Cached results: the completed states of a cache key, with their expirations (R2, R10)."""

from datetime import datetime
from uuid import UUID

from runledger.domain.runs.states import State
from runledger.domain.values import Value


class CachedResult(Value):
    """A completed state of a cache key, and the task run that has it."""

    state_id: UUID
    task_run_id: UUID
    timestamp: datetime
    expiration: datetime | None = None

    def outlives(self, other: "CachedResult") -> bool:
        """Return whether this result expires later than the other."""
        if self.expiration is None or other.expiration is None:
            return other.expiration is not None
        return self.expiration > other.expiration


class CachedResults(Value):
    """The cached results of one key, the newest first.

    An older result stays only if it expires later than all newer ones: no other can be used.
    """

    entries: tuple[CachedResult, ...] = ()

    def serving(self, now: datetime) -> CachedResult | None:
        """Return the newest entry that has not expired."""
        return next(
            (entry for entry in self.entries if entry.expiration is None or entry.expiration > now),
            None,
        )

    def adding(self, state: State, task_run_id: UUID) -> "CachedResults":
        """Return the results with a new one."""
        newest = CachedResult(
            state_id=state.id,
            task_run_id=task_run_id,
            timestamp=state.timestamp,
            expiration=state.state_details.cache_expiration,
        )
        older = (entry for entry in self.entries if entry.outlives(newest))
        return CachedResults(entries=(newest, *older))
