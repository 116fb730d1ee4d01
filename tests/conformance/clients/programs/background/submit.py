"""Submit runs of two background tasks, so many of the first and one of the second."""

import json
import sys

from prefect import task


def add(x: int, y: int) -> int:
    return x + y


def greet(name: str) -> str:
    return f"Hello {name}"


def submit(additions: int) -> None:
    adding, greeting = task(add), task(greet, name="Greet somebody", tags=["polite", "short"])
    futures = [adding.delay(n, y=2) for n in range(additions)]
    futures.append(greeting.delay("you"))
    for future in futures:
        assert future.state.is_scheduled(), future.state
    sys.stdout.write(json.dumps([str(future.task_run_id) for future in futures]))


submit(int(sys.argv[1]))
