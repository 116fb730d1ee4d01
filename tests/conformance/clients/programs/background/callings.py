"""Background tasks that are tried again, call a task, run a flow, and are handed in by a flow."""

import json
import subprocess
import sys

from prefect import flow, task
from prefect.task_worker import serve

LONGEST = 60

tries: list[int] = []


@task(retries=1, retry_delay_seconds=1)
def tried_again(x: int) -> int:
    tries.append(x)
    if len(tries) == 1:
        raise ValueError("the first time")
    return x


@task
def within(x: int) -> int:
    return x


@task
def calls_a_task(x: int) -> int:
    return within(x) + 1


@flow
def flow_in_a_task(x: int) -> int:
    return within(x)


@task
def runs_a_flow(x: int) -> int:
    return flow_in_a_task(x) + 1


@task
def from_a_flow(x: int) -> int:
    return x


@flow
def handing_in() -> list[int]:
    futures = [from_a_flow.delay(x) for x in range(3)]
    return [future.result(timeout=LONGEST) for future in futures]


TASKS = (tried_again, calls_a_task, runs_a_flow)

if sys.argv[1:] == ["serve"]:
    serve(*TASKS, from_a_flow)
else:
    worker = subprocess.Popen([sys.executable, __file__, "serve"])
    try:
        results = [future.result(timeout=LONGEST) for future in [task.delay(1) for task in TASKS]]
        print(json.dumps([results, handing_in()]))
    finally:
        worker.terminate()
        worker.wait(LONGEST)
