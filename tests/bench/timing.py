"""Milliseconds of one question to one side."""

import time
from dataclasses import dataclass
from itertools import count

from tests.bench.questions import Loaded, Question
from tests.bench.sides import Side

WARM_UP = 5
FEWEST, MOST = 10, 300
_numbers = count(1)


@dataclass(frozen=True)
class Milliseconds:
    median: float
    p95: float
    cpu: float  # of this process, at the median


def measure(side: Side, question: Question, loaded: Loaded, seconds: float) -> Milliseconds:
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


def growth(
    small: tuple[Side, Loaded], large: tuple[Side, Loaded], question: Question, seconds: float
) -> float:
    """How many times the median of the one is that of the other, asked in turns.

    Whatever else the machine does then slows both alike.
    """
    taken: dict[int, list[float]] = {0: [], 1: []}
    deadline = time.perf_counter() + seconds
    while len(taken[1]) < FEWEST or time.perf_counter() < deadline:
        for place, (side, loaded) in enumerate((small, large)):
            asking = side.prepare(question(loaded, next(_numbers)))
            started = time.perf_counter()
            asking()
            taken[place].append(time.perf_counter() - started)
    return _at(0.5, taken[1]) / _at(0.5, taken[0])


def _at(share: float, numbers: list[float]) -> float:
    return sorted(numbers)[int(len(numbers) * share)]
