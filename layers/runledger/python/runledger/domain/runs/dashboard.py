"""The dashboard's curve: task runs that have ended, by when they started.

See docs/contract/clients.md 6.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor

from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.states import StateType
from runledger.domain.values import Value

PARTS = 20
FAILURES = frozenset({StateType.CRASHED, StateType.FAILED})
MINUTE = timedelta(minutes=1)


class EndedRunCounts(Value):
    """How many runs of a part of the time went well, and how many did not."""

    completed: int
    failed: int


@dataclass(frozen=True)
class Window:
    """A time that is cut into parts of one length."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, after: datetime, before: datetime) -> "Window":
        """Return the whole minutes that hold two instants."""
        return cls(_minute(after), _minute(before) + MINUTE - timedelta.resolution)

    def aggregate(self, runs: Iterable[TaskRunFacts]) -> list[EndedRunCounts]:
        """Count runs by the part in which they started; others count nowhere."""
        counts = [[0, 0] for _ in range(PARTS)]
        for run in runs:
            part = self._part(run.start_time)
            if part in range(PARTS):
                counts[part][run.state_type in FAILURES] += 1
        return [EndedRunCounts(completed=completed, failed=failed) for completed, failed in counts]

    def _part(self, started: datetime | None) -> int:
        if started is None:
            return PARTS
        return floor((started - self.start) / (self.end - self.start) * PARTS)


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
