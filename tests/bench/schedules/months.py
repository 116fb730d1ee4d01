"""Dollars of a month of hourly schedules and of workers that poll, and how late runs start."""

from collections.abc import Mapping
from typing import NamedTuple

from tests.bench.costs import dollars, prices
from tests.bench.costs.dollars import Bill
from tests.bench.costs.lives import Costs, StepCost
from tests.bench.schedules import polls

SCHEDULES, WORKERS = 100, 10
INTERVALS = (10, 30, 60)
# Seconds between a stock worker's heartbeats; it reads its pool as often.
HEARTBEAT = 30
# A poll is recorded if the last record is older than so many seconds.
PRECISION = 20


class Month(NamedTuple):
    """The measured parts of a month: a run's life and stored bytes, and requests of workers."""

    life: Costs
    stored: float
    requests: Mapping[str, StepCost]

    def bill(self, interval: float) -> Mapping[str, float]:
        """Return the dollars of a month in which each worker polls once in so many seconds."""
        runs = SCHEDULES * prices.HOURS_A_MONTH
        times = self._times(interval)
        requests: dict[str, float] = {}
        for name, number in times.items():
            for item, price in self._of(name).items():
                requests[item] = requests.get(item, 0.0) + number * price
        calls = sum(times.values()) + runs * sum(cost.functions for cost in self.life.values())
        kept = runs * self.stored / prices.GIGABYTE
        return {
            "the stack, without requests": dollars.idle(),
            "runs": runs * sum(dollars.of_a_run(self.life).values()),
            "storage of runs": kept * (prices.GIGABYTE_MONTH + prices.RECOVERY_GIGABYTE_MONTH),
            **{f"workers: {item}": price for item, price in requests.items() if price},
            "traces": dollars.traces(calls),
        }

    def _of(self, name: str) -> Bill:
        return dollars.of_a_step(name, self.requests[name])

    def _times(self, interval: float) -> Mapping[str, float]:
        """Return how often workers send each request in a month."""
        number = WORKERS * prices.SECONDS_A_MONTH / interval
        recorded = min(number, prices.SECONDS_A_MONTH / max(PRECISION, interval / WORKERS))
        beats = WORKERS * prices.SECONDS_A_MONTH / HEARTBEAT
        return {
            polls.NOTHING: number - recorded,
            polls.RECORDED: recorded,
            polls.HEARTBEAT: beats,
            polls.READ: beats,
        }


class Lateness(NamedTuple):
    """Seconds from a run's time to the poll that finds it: on average, and at most."""

    mean: float
    most: float


def lateness(interval: float, workers: int) -> Lateness:
    """Return how late runs start whose pool so many workers poll, each at times of its own.

    A worker takes a run up to `PREFETCH` before its time, and then starts it on time.
    """
    early = polls.PREFETCH.total_seconds()
    most = max(interval - early, 0.0)
    # The first of some polls that are spread evenly over an interval.
    mean = interval / (workers + 1) * (most / interval) ** (workers + 1)
    return Lateness(mean, most)
