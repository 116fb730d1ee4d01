"""Histories: counts of runs by expected start time and by state."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from runledger.domain.runs.bookkeeping import ZERO, lateness, time_running
from runledger.domain.runs.facts import FlowRunFacts, RunFacts
from runledger.domain.runs.states import StateType
from runledger.domain.values import Value

# The reference omits further intervals without an error.
MAX_INTERVALS = 500


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


class Sample(NamedTuple):
    """The fields of a run that a history uses; `since` is the timestamp of its state."""

    expected: datetime
    started: datetime | None
    state_type: StateType
    state_name: str
    since: datetime
    total_run_time: timedelta

    @classmethod
    def of(cls, run: RunFacts) -> "Sample | None":
        """Return the sample of a run; None without a state."""
        expected, state_type = run.expected_start_time, run.state_type
        since, state_name = run.state_timestamp, run.state_name
        if expected is None or state_type is None or since is None or state_name is None:
            return None
        return cls(
            expected,
            run.start_time,
            state_type,
            state_name,
            since,
            run.total_run_time,
        )


@dataclass(frozen=True)
class Timeline:
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

    def aggregate(self, runs: Iterable[RunFacts], now: datetime) -> list[Interval]:
        """Return all intervals with their totals; runs outside of them are ignored."""
        found: dict[int, list[Sample]] = defaultdict(list)
        for sample in filter(None, map(Sample.of, runs)):
            found[(sample.expected - self.start) // self.step].append(sample)
        return [
            Interval(
                interval_start=self.start + number * self.step,
                interval_end=self.start + (number + 1) * self.step,
                states=_totals(found[number], now),
            )
            for number in range(self.intervals)
        ]


def average_lateness(runs: Iterable[FlowRunFacts], now: datetime) -> float | None:
    """Return the average lateness of runs, in seconds; None for no runs."""
    late = [_lateness(sample, now).total_seconds() for sample in filter(None, map(Sample.of, runs))]
    return sum(late) / len(late) if late else None


def _totals(samples: Iterable[Sample], now: datetime) -> tuple[StateTotals, ...]:
    by_state: dict[tuple[StateType, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        by_state[sample.state_type, sample.state_name].append(sample)
    return tuple(
        StateTotals(
            state_type=state_type,
            state_name=state_name,
            count_runs=len(members),
            sum_estimated_run_time=sum((_time_running(sample, now) for sample in members), ZERO),
            sum_estimated_lateness=sum((_lateness(sample, now) for sample in members), ZERO),
        )
        for (state_type, state_name), members in sorted(by_state.items())
    )


def _time_running(sample: Sample, now: datetime) -> timedelta:
    spent = time_running(sample.total_run_time, sample.state_type, sample.since, now)
    return max(ZERO, spent)


def _lateness(sample: Sample, now: datetime) -> timedelta:
    return lateness(sample.expected, sample.started, sample.state_type, now)
