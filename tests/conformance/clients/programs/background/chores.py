"""Background tasks that leave traces: `submit FOLDER COUNT` hands them in, `serve FOLDER` serves.

Each writes its number when it starts, into a file named for the process that does it.
"""

import json
import os
import sys
import time
from pathlib import Path

from prefect import task
from prefect.task_worker import serve

DONE_AT_ONCE = 4
SECONDS = 0.2

FOLDER = Path(sys.argv[2])


def chore(number: int) -> int:
    with (FOLDER / str(os.getpid())).open("a") as trace:
        trace.write(f"{number}\n")
    time.sleep(SECONDS)
    return number


chores = task(chore)

if sys.argv[1] == "serve":
    serve(chores, limit=DONE_AT_ONCE)
else:
    futures = [chores.delay(number) for number in range(int(sys.argv[3]))]
    sys.stdout.write(json.dumps([str(future.task_run_id) for future in futures]))
