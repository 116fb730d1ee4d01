"""A flow that is cancelled from the command line while its tasks run."""

import json
import subprocess
import sys

from prefect import flow, task
from prefect.runtime import flow_run


@task
def first() -> int:
    return 1


@task
def cancel(run_id: str) -> None:
    subprocess.run([sys.executable, "-m", "prefect", "flow-run", "cancel", run_id], check=True)


@task
def last() -> int:
    return 1


@flow
def cancelled() -> None:
    first()
    cancel(flow_run.get_id())
    last()


state = cancelled(return_state=True)
print(json.dumps([state.type, state.name]))
