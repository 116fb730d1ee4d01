"""Make what the questions ask about: flow runs by the API, the many task runs by `add`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from tests.bench.questions import RUNS_PER_FLOW_RUN, Call, Loaded
from tests.bench.sides import Side, ask

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
STEP = 1000

# Adds the runs with some numbers to their flow runs, and yields their ids.
Add = Callable[[range, Sequence[str]], Iterator[str]]


def entered(number: int) -> datetime:
    """When the run with this number was created, and completed."""
    return FIRST + timedelta(seconds=number)


class Filling:
    """A side on its way from one size to the next."""

    def __init__(self, name: str, side: Side, add: Add) -> None:
        self._name, self._side, self._add = name, side, add
        self._flow = ask(side, Call("POST", "/flows/", {"name": "bench"}))["id"]
        self._spare = self._flow_run()
        self._flow_runs: list[str] = []
        self._runs: list[str] = []

    def up_to(self, size: int) -> Loaded:
        while len(self._runs) < size:
            first = len(self._runs)
            numbers = range(first, min(first + STEP, size))
            missing = -(-numbers.stop // RUNS_PER_FLOW_RUN) - len(self._flow_runs)
            self._flow_runs += [self._flow_run() for _ in range(missing)]
            self._runs += self._add(numbers, self._flow_runs)
            _progress(f"{self._name}: {len(self._runs):,} of {size:,} runs loaded")
        _progress("")
        return Loaded(self._flow_runs, self._runs, self._spare)

    def _flow_run(self) -> str:
        made: str = ask(self._side, Call("POST", "/flow_runs/", {"flow_id": self._flow}))["id"]
        return made


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
