"""Run a task worker, hand it background tasks, and wait for what they come to."""

import subprocess
import sys

from prefect import task
from prefect.task_worker import serve

RUNS = 5
LONGEST = 60


def double_later(x: int) -> int:
    return 2 * x


def fail_later() -> None:
    raise ValueError("as it is told to")


doubling, failing = task(double_later), task(fail_later)


def submit() -> None:
    futures = [doubling.delay(x) for x in range(RUNS)]
    failed = failing.delay()
    assert [future.result(timeout=LONGEST) for future in futures] == [2 * x for x in range(RUNS)]
    raised = failed.result(timeout=LONGEST, raise_on_failure=False)
    assert str(raised) == "as it is told to", raised


if sys.argv[1:] == ["serve"]:
    serve(doubling, failing)
else:
    worker = subprocess.Popen([sys.executable, __file__, "serve"])
    try:
        submit()
    finally:
        worker.terminate()
        worker.wait(LONGEST)
