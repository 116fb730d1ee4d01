"""A flow of short tasks, four at a time, until a file is there: `steady FILE`."""

import json
import sys
import time
from pathlib import Path

from prefect import flow, task

AT_ONCE = 4


@task
def short(x: int) -> int:
    time.sleep(0.5)
    return x


@flow
def steady(enough: Path) -> int:
    runs = 0
    while not enough.exists():
        runs += len(short.map(range(AT_ONCE)).result())
    return runs


print(json.dumps(steady(Path(sys.argv[1]))))
