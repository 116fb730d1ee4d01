"""The local server and stock task workers, stopped and killed in the midst of runs."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from tests.conformance.clients.scene import DONE, ClientScene, Shown
from tests.conformance.clients.stock import PROGRAMS, Stock, python
from tests.conformance.servers import ROOT, free_port

RUNS, WORKERS = 500, 3
MORE = 20  # runs of a flow
DONE_AT_ONCE = 4  # by a worker, as the program says
BETWEEN_DEATHS = 15  # runs

# What a killed worker had goes on after its lease and a sweep, of a minute each.
PATIENCE = 300.0


# What happens once so many runs were done.
Happening = Mapping[int, Callable[[], Any]]


@dataclass
class SurvivalSite:
    """A local server that can be started again, and the processes that use it."""

    folder: Path
    settings: Mapping[str, str]
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def stock(self) -> Stock:
        return Stock(self.url, self.folder / "home")

    @property
    def traces(self) -> Path:
        return self.folder / "traces"

    @property
    def enough(self) -> Path:
        """The file that ends the steady flow."""
        return self.folder / "enough"

    def start(self) -> None:
        as_text = {"PORT": str(self.port), "DATA": str(self.folder / "data"), **self.settings}
        command = [sys.executable, "-m", "local"]
        quiet = subprocess.DEVNULL
        self.server = subprocess.Popen(command, env=os.environ | as_text, cwd=ROOT, stdout=quiet)
        _until(self._answers, "the server does not start")

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health").is_success
        return False

    def restart(self, how: signal.Signals) -> None:
        assert self.server
        self.server.send_signal(how)
        self.server.wait(30)
        self.start()

    def hire(self) -> None:
        """Start a worker."""
        quiet = subprocess.DEVNULL
        command = [*python(), str(PROGRAMS / "background/chores.py"), "serve", str(self.traces)]
        worker = subprocess.Popen(command, env=self.stock.environment(), stdout=quiet, stderr=quiet)
        self.workers.append(worker)

    def dismiss(self, how: signal.Signals) -> None:
        """Stop the worker that was started first."""
        worker = self.workers.pop(0)
        worker.send_signal(how)
        worker.wait(60)
        self.stopped.append(worker.pid)

    def submit(self, count: int) -> list[str]:
        """Hand in chores; return the ids of their runs by their numbers."""
        ids: list[str] = self.stock.run("chores", "submit", str(self.traces), str(count)).result()
        return ids

    def done(self) -> dict[int, list[int]]:
        """The chores that were started, and the processes that did."""
        by: dict[int, list[int]] = {}
        for trace in self.traces.iterdir():
            for line in trace.read_text().splitlines():
                by.setdefault(int(line), []).append(int(trace.name))
        return by

    def has_done(self, count: int) -> bool:
        return len(self.done()) >= count

    def has_ended(self, ids: list[str]) -> bool:
        """Whether each run was done, but for some of those that a stopped worker had begun."""
        undone = set(range(len(ids))) - self.done().keys()
        states = {self._state(ids[number]) for number in undone}
        return states <= {"RUNNING"} and len(undone) <= len(self.stopped) * DONE_AT_ONCE

    def _state(self, run_id: str) -> str:
        run = httpx.get(f"{self.url}/task_runs/{run_id}").raise_for_status().json()
        state: str = run["state_type"]
        return state

    def count(self, *states: str) -> int:
        """Return how many task runs are in these states."""
        criteria = {"task_runs": {"state": {"type": {"any_": states}}}}
        answer = httpx.post(f"{self.url}/task_runs/count", json=criteria)
        count: int = answer.raise_for_status().json()
        return count

    def end(self) -> None:
        for process in (*self.workers, *([self.server] if self.server else [])):
            process.kill()
            process.wait(30)


@contextmanager
def site(**settings: str) -> Iterator[SurvivalSite]:
    with tempfile.TemporaryDirectory() as folder:
        opened = SurvivalSite(Path(folder), settings)
        opened.traces.mkdir()
        try:
            opened.start()
            yield opened
        finally:
            opened.end()


def survives(happening: Callable[[SurvivalSite], Happening], **settings: str) -> None:
    """Each run's effect is seen, none is left, and no two workers that live do the same.

    What a worker reported to run when it was killed, and had not begun, nobody can tell from what
    it had: such runs stay RUNNING, as on the reference.
    """
    with site(**settings) as here:
        ids = here.submit(RUNS)
        for _ in range(WORKERS):
            here.hire()
        for count, happen in happening(here).items():
            _until(partial(here.has_done, count), f"not {count} were done")
            happen()
        _until(lambda: here.count("SCHEDULED", "PENDING") == 0, "some are left")
        _until(partial(here.has_ended, ids), "some were not done")
        assert not _rivals(here)


def keeps_a_flow(**settings: str) -> None:
    """Each task run of a flow is seen, in all its states, though the server ended meanwhile.

    The flow goes on after that: clients say again what was missed when they have more to say.
    """
    with site(**settings) as here, ThreadPoolExecutor(1) as pool:
        scene = ClientScene(here.stock)
        ran = pool.submit(scene.result, "steady", str(here.enough))
        _end_now_and_then(here)
        scene.shows(scene.flow_run("steady"), {Shown("short", DONE): ran.result()})


def _end_now_and_then(here: SurvivalSite) -> None:
    try:
        for how in (signal.SIGKILL, signal.SIGTERM):
            _until_more(here)
            here.restart(how)
        _until_more(here)
    finally:
        here.enough.touch()


def _until_more(here: SurvivalSite) -> None:
    """Wait for some runs of a flow more than there are."""
    wanted = here.count("COMPLETED") + MORE
    _until(lambda: here.count("COMPLETED") >= wanted, f"there are not {wanted} runs")


def stops_and_restarts(here: SurvivalSite) -> Happening:
    """Lose a worker, stop one, and start the server again after each."""
    return {
        50: partial(here.dismiss, signal.SIGKILL),
        150: partial(here.restart, signal.SIGKILL),
        250: partial(here.dismiss, signal.SIGTERM),
        350: partial(here.restart, signal.SIGTERM),
    }


def deaths(here: SurvivalSite) -> Happening:
    """Lose one worker after the other, each while it says what it has and has taken up."""

    def replace() -> None:
        here.dismiss(signal.SIGKILL)
        here.hire()

    return dict.fromkeys(range(20, RUNS - 100, BETWEEN_DEATHS), replace)


def _rivals(here: SurvivalSite) -> dict[int, list[int]]:
    """Chores that more than one worker did, where all but the last must have been stopped."""
    return {
        number: workers
        for number, workers in here.done().items()
        if len(set(workers) - set(here.stopped)) > 1
    }


def _until(holds: Callable[[], bool], problem: str) -> None:
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, problem
        time.sleep(0.1)
