"""32 clients at once on a local server, for ten minutes: `make bench ARGS="soak --minutes 10"`.

Each client begins a flow run, runs tasks in it, logs, asks what there is, and deletes the flow run,
over and over, so that the table does not grow. Whatever is not answered with success is an error;
what the server holds in memory must not grow in the second half. In the first one caches fill.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import takewhile
from tempfile import TemporaryDirectory
from typing import IO, Any, NamedTuple

import httpx

from local.cloudformation.template import REPOSITORY
from tests.bench.figures import print_lines

CLIENTS, TASKS, LINES = 32, 4, 3
MINUTE = 60.0
MAX_GROWTH = 0.1  # for what wobbles
PAUSE = 5.0  # seconds between two looks at it
MEGABYTE = 1024  # kilobytes


class Memory(NamedTuple):
    """The memory of the server and its database at a time, in megabytes."""

    after: float
    server: float
    database: float


class Soak:
    """The answers to clients, and their delays."""

    def __init__(self, url: str, seconds: float) -> None:
        self.url = url
        self.end = time.monotonic() + seconds
        self.errors: Counter[str] = Counter()
        self.times: dict[str, list[float]] = {}

    def run_client(self, number: int) -> None:
        with httpx.Client(base_url=self.url, timeout=60) as api:
            flow = self.ask(api, "create flow", "POST", "/flows/", {"name": f"flow-{number}"})
            while flow and time.monotonic() < self.end:
                self.run_flow(api, flow["id"])

    def run_flow(self, api: httpx.Client, flow_id: str) -> None:
        run = self.ask(api, "create flow run", "POST", "/flow_runs/", {"flow_id": flow_id})
        if not run:
            return
        path, of_run = f"/flow_runs/{run['id']}", {"flow_runs": {"id": {"any_": [run["id"]]}}}
        self.set_state(api, path, "RUNNING")
        for task in range(TASKS):
            self.run_task(api, run["id"], task)
        self.ask(api, "filter", "POST", "/task_runs/filter", of_run)
        self.ask(api, "count", "POST", "/task_runs/count", of_run)
        self.ask(api, "list", "POST", "/flow_runs/filter", {"limit": 20, "sort": "ID_DESC"})
        self.set_state(api, path, "COMPLETED")
        self.ask(api, "read", "GET", path)
        self.ask(api, "read logs", "POST", "/logs/filter", {"limit": 20})
        self.ask(api, "delete", "DELETE", path)

    def run_task(self, api: httpx.Client, run_id: str, task: int) -> None:
        made = {"flow_run_id": run_id, "task_key": "task", "dynamic_key": str(task)}
        run = self.ask(api, "create task run", "POST", "/task_runs/", made)
        if not run:
            return
        path = f"/task_runs/{run['id']}"
        self.set_state(api, path, "RUNNING")
        line = {"name": "soak", "level": 20, "message": "m" * 80, "flow_run_id": run_id}
        line |= {"task_run_id": run["id"], "timestamp": datetime.now(UTC).isoformat()}
        self.ask(api, "log", "POST", "/logs/", [line] * LINES)
        self.set_state(api, path, "COMPLETED")
        self.ask(api, "read", "GET", path)

    def set_state(self, api: httpx.Client, path: str, state: str) -> None:
        self.ask(api, "set state", "POST", f"{path}/set_state", {"state": {"type": state}})

    def ask(  # noqa: PLR0917 - as a line of a table
        self, api: httpx.Client, name: str, method: str, path: str, body: object = None
    ) -> Any:  # noqa: ANN401 JSON
        """Return the body of an answer; None of an error."""
        began = time.monotonic()
        try:
            answer = api.request(method, path, json=body)
        except httpx.HTTPError as error:
            self.errors[f"{name}: {error!r}"] += 1
            return None
        self.times.setdefault(name, []).append(time.monotonic() - began)
        if not answer.is_success:
            self.errors[f"{name}: {answer.status_code} {answer.text[:80]}"] += 1
            return None
        return answer.json() if answer.content else {}


def main(minutes: float) -> int:
    """Measure, print all, and return the exit code: 1 if there are errors or memory grows."""
    with TemporaryDirectory(prefix="runledger-soak-") as folder, _served(folder) as (url, pid):
        soak = Soak(url, 60 * minutes)
        clients = [_begun(soak.run_client, number) for number in range(CLIENTS)]
        memories = list(_watched(pid, clients))
    return _report(soak, memories, 60 * minutes)


def _begun(act: Callable[[int], None], number: int) -> threading.Thread:
    thread = threading.Thread(target=act, args=(number,))
    thread.start()
    return thread


def _watched(pid: int, clients: list[threading.Thread]) -> Iterator[Memory]:
    began = time.monotonic()
    while any(client.is_alive() for client in clients):
        yield Memory(time.monotonic() - began, *_megabytes(pid))
        clients[-1].join(PAUSE)


def _megabytes(pid: int) -> tuple[float, float]:
    """Return what a process and those that it has started hold in memory."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss="],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    )
    processes = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    own = sum(rss for process, _, rss in processes if process == pid)
    started = sum(rss for _, parent, rss in processes if parent == pid)
    return own / MEGABYTE, started / MEGABYTE


def _report(soak: Soak, memories: list[Memory], seconds: float) -> int:
    number = sum(map(len, soak.times.values()))
    print_lines(f"{CLIENTS} clients, {seconds:,.0f} s: {number / seconds:,.0f} requests a second")
    for name, times in sorted(soak.times.items()):
        ordered = sorted(times)
        p50, p95 = statistics.median(ordered), ordered[int(0.95 * len(ordered))]
        figures = f"p50 {1000 * p50:6.0f} ms, p95 {1000 * p95:6.0f}, max {1000 * ordered[-1]:6.0f}"
        print_lines(f"  {name:<16}{len(times):>8,}: {figures}")
    minutes = {int(one.after // MINUTE): one for one in reversed(memories)}
    for one in (*reversed(minutes.values()), memories[-1]):
        held = f"server {one.server:,.0f} MB, database {one.database:,.0f} MB"
        print_lines(f"after {one.after:,.0f} s: {held}")
    middle, last = memories[len(memories) // 2], memories[-1]
    print_lines(f"errors: {soak.errors.total()}", *(f"  {n} x {e}" for e, n in soak.errors.items()))
    grows = last.server > (1 + MAX_GROWTH) * middle.server
    return 1 if soak.errors or grows else 0


@contextmanager
def _served(folder: str) -> Iterator[tuple[str, int]]:
    """Serve a folder's data; yield the URL and the id of the process."""
    with subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=REPOSITORY,
        env=os.environ | {"PORT": "0", "DATA": folder},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        welcome = "".join(takewhile(lambda line: "Ctrl-C" not in line, process.stdout))
        # What it prints is read to the end, for a full pipe would stop it.
        reader = threading.Thread(target=_drain, args=(process.stdout,))
        reader.start()
        try:
            yield next(word for word in welcome.split() if word.endswith("/api")), process.pid
        finally:
            process.terminate()
            reader.join()


def _drain(output: IO[str]) -> None:
    for _ in output:
        pass
