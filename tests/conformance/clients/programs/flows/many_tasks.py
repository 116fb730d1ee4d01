"""A flow that maps a task over as many numbers as it is told."""

import json
import sys

from prefect import flow, task


@task
def double(x: int) -> int:
    return 2 * x


@flow
def many_tasks(count: int) -> int:
    return sum(double.map(range(count)).result())


print(json.dumps(many_tasks(int(sys.argv[1]))))
