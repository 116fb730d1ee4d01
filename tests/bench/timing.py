"""Milliseconds of one question to one side."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice
from typing import NamedTuple

from tests.bench.questions import Loaded, Question
from tests.bench.servers.sides import MeasuredSide

WARM_UP = 5
FEWEST, MOST = 10, 300
_numbers = count(1)

Holding = tuple[MeasuredSide, Loaded]


@dataclass(frozen=True)
class Milliseconds:
    median: float
    p95: float
    cpu: float  # of this process, at the median


class Growth(NamedTuple):
    """The time of a larger table, as a multiple.

    `again` is for what was asked for a moment ago, which lies in the machine's memory at any size:
    it compares the work. `new` is for something else each time. It tells also how much of the
    larger file has to be fetched from the disk, where a small one is in memory as a whole.
    """

    again: float
    new: float


def measure(side: MeasuredSide, question: Question, loaded: Loaded, seconds: float) -> Milliseconds:
    """Ask for as long as given, one request after the other."""
    for _ in range(WARM_UP):
        side.prepare(question(loaded, next(_numbers)))()
    taken: list[float] = []
    worked: list[float] = []
    deadline = time.perf_counter() + seconds
    while len(taken) < FEWEST or (time.perf_counter() < deadline and len(taken) < MOST):
        asking = side.prepare(question(loaded, next(_numbers)))
        begun, started = time.process_time(), time.perf_counter()
        asking()
        taken.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - begun) * 1000)
    return Milliseconds(_at(0.5, taken), _at(0.95, taken), _at(0.5, worked))


def growth(small: Holding, large: Holding, question: Question, seconds: float) -> Growth:
    """Return how many times the median of the one is that of the other."""
    again, new = cycle(range(WARM_UP)), _numbers
    _in_turns((small, large), question, islice(again, WARM_UP), seconds)
    return Growth(*(_in_turns((small, large), question, of, seconds) for of in (again, new)))


def _in_turns(
    sides: tuple[Holding, Holding], question: Question, numbers: Iterator[int], seconds: float
) -> float:
    """Take turns: all else that the machine does slows both alike."""
    taken: dict[int, list[float]] = {0: [], 1: []}
    deadline = time.perf_counter() + seconds
    for number in numbers:
        for place, (side, loaded) in enumerate(sides):
            asking = side.prepare(question(loaded, number))
            started = time.perf_counter()
            asking()
            taken[place].append(time.perf_counter() - started)
        if len(taken[1]) >= FEWEST and time.perf_counter() >= deadline:
            break
    return _at(0.5, taken[1]) / _at(0.5, taken[0])


def _at(share: float, numbers: list[float]) -> float:
    return sorted(numbers)[int(len(numbers) * share)]
