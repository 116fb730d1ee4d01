"""The dashboard's curve: ended task runs by their start times (docs/contract/clients.md 6)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import floor
from typing import NamedTuple

from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.states import StateType
from runledger.domain.values import Value

PARTS = 20
FAILURES = frozenset({StateType.CRASHED, StateType.FAILED})
MINUTE = timedelta(minutes=1)


class EndedRunCounts(Value):
    """The numbers of successful and failed runs in a part of the window."""

    completed: int
    failed: int


class Window(NamedTuple):
    """A range of time, divided into parts of one length."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, after: datetime, before: datetime) -> "Window":
        """Return the window between two instants, extended to whole minutes."""
        return cls(_minute(after), _minute(before) + MINUTE - timedelta.resolution)

    def aggregate(self, runs: Iterable[TaskRunFacts]) -> list[EndedRunCounts]:
        """Count the runs that started in each part; others are ignored."""
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
