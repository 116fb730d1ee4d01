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


def measure(side: Side, question: Question, loaded: Loaded, seconds: float) -> Milliseconds:
    """Ask for as long as given, one request after the other."""
    for _ in range(WARM_UP):
        side.prepare(question(loaded, next(_numbers)))()
    taken: list[float] = []
    deadline = time.perf_counter() + seconds
    while len(taken) < FEWEST or (time.perf_counter() < deadline and len(taken) < MOST):
        asking = side.prepare(question(loaded, next(_numbers)))
        started = time.perf_counter()
        asking()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return Milliseconds(taken[len(taken) // 2], taken[int(len(taken) * 0.95)])
