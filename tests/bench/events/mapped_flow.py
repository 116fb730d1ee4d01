"""A stock program whose flow maps a task over thousands of numbers: how soon all runs are stored.

The time is from the program's start until the last of its runs is counted as COMPLETED. Then all
are read: each has to be there in its last state, and those of a sample in every state before.
"""

import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from tests.conformance.clients.stock import Ran, Stock

TASKS = 2_000
PAUSE = 0.5
LONGEST = 540.0
PAGE, SAMPLE = 200, 20
STATES = ["PENDING", "RUNNING", "COMPLETED"]

# What the local server says when a client comes to report events, and when anything goes wrong.
CONNECTED = re.compile(r" 101 GET \S*/events/in ")
TROUBLE = re.compile(r"Traceback|ERROR| 5\d\d [A-Z]+ /|failed on \d+ records")


class MappedFlow(NamedTuple):
    """Seconds until the program has ended, and until all of its runs are stored."""

    program: float
    stored: float


def run(url: str, tasks: int = TASKS) -> MappedFlow:
    """Run it against a fresh server.

    Raises:
        AssertionError: a run or a state is not stored.
    """
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(1) as aside:
        began = time.monotonic()
        stock = Stock(url, Path(home), longest=LONGEST)
        program = aside.submit(stock.run, "many_tasks", str(tasks))
        _await(url, program, began, tasks)
        stored = time.monotonic() - began
        ran = program.result()
    assert ran.result() == sum(2 * number for number in range(tasks)), ran.as_text()
    with httpx.Client(base_url=url, timeout=60) as api:
        _assert_complete(api, tasks)
    return MappedFlow(ran.seconds, stored)


def assert_undisturbed(log: str) -> None:
    """Check that the local server neither failed nor cut anybody off, who would have come again."""
    assert not TROUBLE.search(log), log
    assert len(CONNECTED.findall(log)) == 1, "the client has connected again"


def _await(url: str, program: Future[Ran], began: float, tasks: int) -> None:
    """By the cheapest question that tells: how many runs of the fresh server are COMPLETED."""
    wanted = {"task_runs": {"state": {"type": {"any_": STATES[-1:]}}}}
    with httpx.Client(base_url=url, timeout=60) as api:
        while api.post("/task_runs/count", json=wanted).json() < tasks:
            assert time.monotonic() - began < LONGEST, "not all runs are stored"
            assert not program.done() or program.result().code == 0, program.result().as_text()
            time.sleep(PAUSE)


def _assert_complete(api: httpx.Client, tasks: int) -> None:
    runs = list(_runs(api, tasks))
    shown = Counter(run["state_type"] for run in runs)
    assert shown == {STATES[-1]: tasks}, shown
    for run in runs[:: tasks // SAMPLE]:
        states = api.get("/task_run_states/", params={"task_run_id": run["id"]}).json()
        assert [state["type"] for state in states] == STATES, states


def _runs(api: httpx.Client, tasks: int) -> Iterator[dict[str, Any]]:
    for offset in range(0, tasks + PAGE, PAGE):
        wanted = {"sort": "ID_DESC", "limit": PAGE, "offset": offset}
        yield from api.post("/task_runs/filter", json=wanted).raise_for_status().json()
