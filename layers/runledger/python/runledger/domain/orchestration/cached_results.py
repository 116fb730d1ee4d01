"""CachedResult results: which completed state serves a cache key, and until when (R2, R10)."""

from datetime import datetime
from uuid import UUID

from runledger.domain.runs.states import State
from runledger.domain.values import Value


class CachedResult(Value):
    """A completed state that serves a cache key, and the run under which it is stored."""

    state_id: UUID
    task_run_id: UUID
    timestamp: datetime
    expiration: datetime | None = None

    def outlives(self, other: "CachedResult") -> bool:
        """Tell whether this serves when the other no longer does."""
        if self.expiration is None or other.expiration is None:
            return other.expiration is not None
        return self.expiration > other.expiration


class CachedResults(Value):
    """What is remembered under one cache key, the newest first.

    Of the older ones only those are kept that outlive all newer ones: nothing else can ever serve.
    """

    entries: tuple[CachedResult, ...] = ()

    def serving(self, now: datetime) -> CachedResult | None:
        """Return the newest entry that has not expired."""
        return next(
            (one for one in self.entries if one.expiration is None or one.expiration > now), None
        )

    def adding(self, state: State, task_run_id: UUID) -> "CachedResults":
        """Return the results with one more, which is now the newest."""
        newest = CachedResult(
            state_id=state.id,
            task_run_id=task_run_id,
            timestamp=state.timestamp,
            expiration=state.state_details.cache_expiration,
        )
        older = (one for one in self.entries if one.outlives(newest))
        return CachedResults(entries=(newest, *older))
