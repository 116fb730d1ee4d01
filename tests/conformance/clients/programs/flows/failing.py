"""A task that fails, those after it that are never ready, and flows that fail and time out."""

import json
import time

from prefect import flow, task


@task
def failing_first() -> int:
    raise ValueError("as it is told to")


@task
def second(x: int) -> int:
    return x


@task
def third(x: int) -> int:
    return x


@task
def unharmed() -> int:
    return 1


@flow
def failing() -> int:
    failed = failing_first.submit()
    middle = second.submit(failed)
    last = third.submit(middle)
    unharmed()
    return last.result()


@flow(timeout_seconds=1)
def slow() -> None:
    for _ in range(300):
        time.sleep(0.1)


states = [failing(return_state=True), slow(return_state=True)]
print(json.dumps([[state.name, state.message] for state in states]))
