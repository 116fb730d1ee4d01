"""Load runs into the reference: flow runs by its API, the many task runs by `add`."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence

from tests.bench.questions import RUNS_PER_FLOW_RUN, Call, Loaded
from tests.bench.servers.sides import MeasuredServer, ask

STEP = 1000

# What a side may take to load, in seconds, over all sizes.
PATIENCE = 600.0

# Adds the runs with some numbers to their flow runs, and yields their ids.
Add = Callable[[range, Sequence[str]], Iterator[str]]


class Filling:
    """A reference on its way from one size to the next, for as long as patience lasts."""

    def __init__(self, name: str, server: MeasuredServer, add: Add) -> None:
        self.name, self.server, self._add = name, server, add
        self._taken = 0.0
        self._flow = ask(server, Call("POST", "/flows/", {"name": "bench"}))["id"]
        self._spare = self._flow_run()
        self._flow_runs: list[str] = []
        self._runs: list[str] = []

    def up_to(self, size: int) -> Loaded | None:
        """Load what is missing; None if that would take too long, or took it."""
        before, begun = self._taken, time.monotonic()
        if self._expected(size) > PATIENCE:
            return None
        while len(self._runs) < size and self._taken < PATIENCE:
            self._add_some(size)
            self._taken = before + time.monotonic() - begun
            progress(self.name, len(self._runs), size)
        if len(self._runs) < size:
            return None
        return Loaded(self._flow_runs, self._runs, self._spare)

    def _expected(self, size: int) -> float:
        return self._taken * size / len(self._runs) if self._runs else 0.0

    def _add_some(self, size: int) -> None:
        first = len(self._runs)
        numbers = range(first, min(first + STEP, size))
        missing = -(-numbers.stop // RUNS_PER_FLOW_RUN) - len(self._flow_runs)
        self._flow_runs += [self._flow_run() for _ in range(missing)]
        self._runs += self._add(numbers, self._flow_runs)

    def _flow_run(self) -> str:
        made: str = ask(self.server, Call("POST", "/flow_runs/", {"flow_id": self._flow}))["id"]
        return made


BAR = 40


def progress(name: str, done: int, size: int) -> None:
    """Show a bar, where somebody looks."""
    if not sys.stderr.isatty():
        return
    bar = "#" * (BAR * done // size)
    end = "\n" if done == size else ""
    sys.stderr.write(f"\r\x1b[K{name:<12} [{bar:<{BAR}}] {done:,} of {size:,} runs{end}")
    sys.stderr.flush()
