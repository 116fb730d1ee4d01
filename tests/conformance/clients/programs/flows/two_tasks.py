"""A flow of two tasks, the second one on what the first one returns."""

import json
import sys

from prefect import flow, task


@task
def double(x: int) -> int:
    return 2 * x


@task
def add_two(x: int) -> int:
    return x + 2


@flow
def two_tasks(x: int) -> int:
    return add_two(double(x))


print(json.dumps(two_tasks(int(sys.argv[1]))))
