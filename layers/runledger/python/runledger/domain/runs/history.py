"""Histories: counts of runs by expected start time and by state."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from pydantic_core import to_jsonable_python

from runledger.domain.documents import Document, spell_seconds
from runledger.domain.runs.bookkeeping import SECOND, Sample, StateTally
from runledger.domain.runs.states import StateType
from runledger.domain.values import MICROSECOND, Value, microseconds

# The reference omits further intervals without an error.
MAX_INTERVALS = 500

# What runs in a state add to an interval, which comes first.
Tally = tuple[int, *StateTally]

# The number of runs and their times in microseconds, by state type and state name.
Totals = dict[tuple[str, str], tuple[int, int, int]]
NOTHING = (0, 0, 0)


class StateTotals(Value):
    """The totals of an interval's runs in one state."""

    state_type: StateType
    state_name: str
    count_runs: int
    sum_estimated_run_time: timedelta
    sum_estimated_lateness: timedelta


class Interval(Value):
    """An interval, its end excluded, and its totals by state."""

    interval_start: datetime
    interval_end: datetime
    states: tuple[StateTotals, ...]


class Timeline(NamedTuple):
    """Intervals of one length, one after the other (docs/contract/task-runs.md 3.6)."""

    start: datetime
    end: datetime
    step: timedelta

    @property
    def intervals(self) -> int:
        """The number of intervals; the last one may reach beyond the end."""
        return min(max(ceil((self.end - self.start) / self.step), 0), MAX_INTERVALS)

    @property
    def last(self) -> datetime:
        """The end of the last interval.

        Raises:
            OverflowError: it is beyond the calendar.
        """
        return self.start + self.intervals * self.step

    @property
    def starts(self) -> list[datetime]:
        """The starts of the intervals, and the end of the last one."""
        return [self.start + number * self.step for number in range(self.intervals + 1)]

    def aggregate(self, samples: Iterable[Sample], now: datetime) -> list[Document[Interval]]:
        """Return all intervals with their totals; runs outside of them are ignored."""
        return self.add_up(self._tallies(samples, microseconds(now)))

    def _tallies(self, samples: Iterable[Sample], now: int) -> Iterator[Tally]:
        start, step, last = microseconds(self.start), self.step // MICROSECOND, self.intervals
        for sample in samples:
            if sample.expected is None:
                continue
            number = (sample.expected - start) // step
            if 0 <= number < last:
                yield number, *sample.totals(now)

    def add_up(self, tallies: Iterable[Tally]) -> list[Document[Interval]]:
        """Return all intervals with the totals of the tallies, of which some may be of others."""
        totals: dict[int, Totals] = defaultdict(dict)
        for number, state_type, state_name, count, run_time, lateness in tallies:
            of_interval, state = totals[number], (state_type, state_name)
            counts, run_times, latenesses = of_interval.get(state, NOTHING)
            of_interval[state] = (counts + count, run_times + run_time, latenesses + lateness)
        edges = pairwise(to_jsonable_python(self.starts))
        return [
            Document(interval_start=start, interval_end=end, states=_states(totals.get(number, {})))
            for number, (start, end) in enumerate(edges)
        ]


def average_lateness(samples: Iterable[Sample], now: datetime) -> float | None:
    """Return the average lateness of runs, in seconds; None for no runs."""
    late = [
        sample.lateness(microseconds(now)) / SECOND
        for sample in samples
        if sample.expected is not None
    ]
    return sum(late) / len(late) if late else None


def _states(totals: Totals) -> list[dict[str, Any]]:
    """Return the `StateTotals` of an interval as JSON."""
    return [
        {
            "state_type": state_type,
            "state_name": state_name,
            "count_runs": count,
            "sum_estimated_run_time": _spell(run_time),
            "sum_estimated_lateness": _spell(lateness),
        }
        for (state_type, state_name), (count, run_time, lateness) in sorted(totals.items())
    ]


def _spell(duration: int) -> float:
    return spell_seconds(duration * MICROSECOND) if duration else 0.0
